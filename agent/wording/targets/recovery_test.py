"""recovery-test: what is said of it (convention, article 5)."""

from agent.wording.entries import Due, Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.restores import EXERCISE
from agent.wording.reasons.of_backups import OF_BACKUPS

TARGET = TargetWords(
    title=Words(fr="Test de reprise annuel", en="Yearly recovery test"),
    says=Words(
        fr="Le plan de reprise est testé, en principe une fois par an (article 5).",
        en="The recovery plan is tested, in principle once a year (article 5).",
    ),
    measured=Words(
        fr="Temps écoulé depuis le dernier exercice réussi, qui donne l'âge des données restaurées et la durée.",
        en="Time since the last successful exercise that gives both the age of the data restored and the time taken.",
    ),
    mend=Words(
        fr="Faire l'exercice, puis sudo beffroi register add recovery-test.",
        en="Run the exercise, then sudo beffroi register add recovery-test.",
    ),
    frame=Frame(
        iso=Words(fr="5.30 préparation des TIC à la continuité ; 8.13", en="5.30 ICT readiness for continuity; 8.13"),
        anssi=Words(fr="37 (renforcé) exercice annuel de restauration", en="37 (reinforced) yearly restore exercise"),
        cnil=Words(fr="fiche 18 ; RGPD, art. 32(1)d", en="sheet 18; GDPR, art. 32(1)(d)"),
    ),
    thresholds=Words(
        fr="données restaurées et durée dans les objectifs de point et de temps de reprise",
        en="data restored and duration within the recovery point and recovery time objectives",
    ),
    due=Due(
        one=Words(fr="test de reprise était attendu", en="recovery test was expected"),
        several=Words(fr="tests de reprise étaient attendus", en="recovery tests were expected"),
        none=Words(fr="aucun test de reprise n'était attendu", en="no recovery test was expected"),
    ),
    phrases=EXERCISE,
    reasons=OF_BACKUPS,
)
