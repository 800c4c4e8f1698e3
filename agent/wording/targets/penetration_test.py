"""penetration-test: what is said of it (convention, article 5)."""

from agent.wording.entries import Due, Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import PERIODIC

TARGET = TargetWords(
    title=Words(fr="Test d'intrusion annuel", en="Yearly penetration test"),
    says=Words(
        fr="Tests d'intrusion annuels sur les périmètres exposés (article 5).",
        en="Yearly penetration tests of exposed perimeters (article 5).",
    ),
    measured=Words(
        fr="Âge du dernier test inscrit pour chaque périmètre exposé.",
        en="Age of the last test entered for each exposed perimeter.",
    ),
    mend=Words(
        fr="Faire le test, puis sudo beffroi register add pentest.",
        en="Have the test done, then sudo beffroi register add pentest.",
    ),
    frame=Frame(
        iso=Words(fr="5.35 revue indépendante ; 8.8 ; 8.34", en="5.35 independent review; 8.8; 8.34"),
        anssi=Words(fr="38 (renforcé) contrôles et audits", en="38 (reinforced) checks and audits"),
        cnil=Words(fr="RGPD, art. 32(1)d", en="GDPR, art. 32(1)(d)"),
    ),
    due=Due(
        one=Words(fr="test d'intrusion était attendu", en="penetration test was expected"),
        several=Words(fr="tests d'intrusion étaient attendus", en="penetration tests were expected"),
        none=Words(fr="aucun test d'intrusion n'était attendu", en="no penetration test was expected"),
    ),
    phrases=PERIODIC,
)
