"""The record of an exercise tells who, why, what came back and what differs, and nothing in it steers a terminal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.inventory import Copy
from agent.core.reason import Reason
from agent.restores.comparison import Comparison, EntryDifference
from agent.restores.exercise import NO_POINT, Drill, ExerciseOutcome, ExerciseRequest
from agent.wording.record import WHAT, record
from collectors.restic import LOOKS as RESTIC

BEGUN = datetime(2026, 11, 24, 9, tzinfo=UTC)
REQUEST = ExerciseRequest(
    copy=Copy(program=RESTIC, id="offsite", backup="files", repository="/r", password_file=Path("/p"), host="srv-1"),
    full=True,
    reason="essai annuel",
    author="RSSI",
)
DONE = Drill(
    request=REQUEST,
    begun=BEGUN,
    ending=ExerciseOutcome.OK,
    reason=Reason.WITHIN_LIMIT,
    snapshots=("4a3c91b3",),
    recovery_point=BEGUN - timedelta(hours=7),
    seconds=5400.0,
    comparison=Comparison(
        entries=21_000, files=20_000, bytes=2_350_000_000, compared=19_879, changed_since=121, opened=412, unopened=3
    ),
    live=True,
    tried="ok",
    version="restic 0.18.0",
    entries=(("restore", "restore-3"), ("recovery-test", "recovery-test-2")),
)
TEXT = """\
PROCÈS-VERBAL D'EXERCICE DE RESTAURATION

Sauvegarde et copie : files/offsite (source : srv-1)
Étendue : source entière
Début : 24 novembre 2026 à 10 h 00
Auteur : RSSI
Motif : essai annuel
Résultat : réussi

Point de reprise : 24 novembre 2026 à 3 h 00, vieux de 7 h
Instantané : 4a3c91b3
Durée de la restauration, relecture comprise : 1 h 30 min
Restauré : 20 000 fichiers, 2,3 Go
Comparées au point de reprise : 21 000 entrées (noms, natures, tailles, droits, dates)
Contenus relus et comparés aux empreintes du point de reprise : tous
Ouverts selon leur type : 412 ; ne s'ouvrent pas : 3
Propriétaires comparés : non, restauration faite sans droits de root
Identiques à la source, inchangée depuis : 19 879
Modifiés ou supprimés dans la source depuis : 121

Essai applicatif : réussi
Registre restore : inscription restore-3
Registre recovery-test : inscription recovery-test-2
Outil : restic 0.18.0
"""


def plain(text: str) -> str:
    """Return a text with every kind of space as one."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_a_sound_exercise_reads_as_a_record() -> None:
    assert plain(record(DONE)) == TEXT


def test_a_copy_without_a_point_is_said_in_french() -> None:
    failed = replace(DONE, ending=ExerciseOutcome.FAILED, reason=Reason.ABSENT, detail=NO_POINT)
    text = plain(record(failed))
    assert "Constat : la copie répond, et ne contient aucun point de reprise de cette source" in text
    assert NO_POINT not in text


def test_every_difference_is_said_and_a_hostile_name_stays_on_its_line() -> None:
    names = [EntryDifference(file=f"/srv/a\nRésultat : réussi\x1b[2J{what}", what=what) for what in WHAT]
    failed = replace(
        DONE,
        ending=ExerciseOutcome.FAILED,
        reason=Reason.INCOMPLETE,
        comparison=Comparison(differing=len(names), differences=names),
    )
    lines = record(failed).splitlines()
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.startswith("Résultat")] == ["Résultat : échoué, incomplet"]
    assert sum("/srv/a" in line for line in lines) == len(WHAT)


def test_what_does_not_open_is_a_remark_that_the_result_announces() -> None:
    opening = Comparison(unopened=2, opening_cut=True, not_opening=["/srv/a.gz", "/srv/b\x1b.gz"])
    lines = plain(record(replace(DONE, comparison=opening))).splitlines()
    assert "Résultat : réussi, avec remarques" in lines
    assert "Remarque, sans effet sur le résultat : fichiers qui ne s'ouvrent pas : 2" in lines
    assert "  /srv/a.gz" in lines
    assert all(line.isprintable() for line in lines)


def test_what_was_not_compared_is_said() -> None:
    assert "Comparaison à la source : non faite" in record(replace(DONE, live=False))
    assert "Propriétaires comparés : oui" in record(replace(DONE, owners=True))
    nothing = record(
        replace(
            DONE, ending=ExerciseOutcome.UNPROVEN, reason=Reason.UNREACHABLE, recovery_point=None, detail="no route"
        )
    )
    assert "Résultat : non concluant" in nothing
    assert "Constat de l'outil : no route" in nothing
    assert "Restauré" not in nothing
