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
        iso="5.30 préparation des TIC à la continuité ; 8.13",
        anssi="37 (renforcé) exercice annuel de restauration",
        cnil="fiche 18 ; RGPD, art. 32(1)d",
    ),
    thresholds="données restaurées et durée dans les objectifs de point et de temps de reprise",
    due=Due(
        one="test de reprise était attendu",
        several="tests de reprise étaient attendus",
        none="aucun test de reprise n'était attendu",
    ),
    phrases=EXERCISE,
    reasons=OF_BACKUPS,
)
