"""What a source's history, a copy beside its source and what is kept too long are told as, in a sentence."""

from datetime import date, datetime

import pytest

from agent.core.measures import ByteCount, Seconds
from agent.core.model import Detail, State
from agent.core.reason import Reason
from agent.wording.sentences import phrase
from tests.verdicts import verdict

DAY = 86400.0
OF_PATH: Detail = {"copy": "files/offsite", "path": "/srv/scota"}


@pytest.mark.parametrize(
    ("reason", "about", "said"),
    [
        (
            Reason.SHRUNK,
            {"files": 10, "usual_files": 1000.0},
            "le nombre de fichiers du dernier point de /srv/scota est tombé à 10, contre 1000 d'habitude",
        ),
        (
            Reason.SHRUNK,
            {"bytes": ByteCount(10), "usual_bytes": ByteCount(2.5e9)},
            "le dernier point de /srv/scota ne contient plus que 10 octets, contre 2,5 Go d'habitude",
        ),
        (
            Reason.SHRUNK,
            {"removed_percent": 40, "files": 60, "files_before": 100},
            "40 % des fichiers de /srv/scota ont disparu d'un point à l'autre (60 restent, sur 100)",
        ),
        (
            Reason.CONTENT_CHANGED,
            {"removed_percent": 100, "added_bytes": ByteCount(2_350_000_000), "usual_bytes": ByteCount(91e6)},
            "100 % des fichiers de /srv/scota ont été remplacés d'un point à l'autre "
            "(2,3 Go nouveaux, contre 91 Mo d'habitude), comme le ferait un chiffrement malveillant",
        ),
        (
            Reason.CONTENT_CHANGED,
            {"packed_percent": 100, "added_bytes": ByteCount(1_180_000_000), "usual_bytes": ByteCount(91e6)},
            "/srv/scota a reçu 1,1 Go qui ne se compressent plus, contre 91 Mo d'habitude, "
            "comme le ferait un chiffrement malveillant",
        ),
    ],
)
def test_a_source_that_no_longer_looks_like_itself_is_told_with_its_figures(
    reason: Reason, about: Detail, said: str
) -> None:
    told = verdict("backup-rpo", "files", State.MISSED, reason, about={**OF_PATH, **about})
    assert phrase(told, "fr") == said


def test_a_standstill_and_a_wanted_change_are_told_beside_the_objective_met() -> None:
    about: Detail = {
        **OF_PATH,
        "unchanged_age": Seconds(9 * DAY),
        "change_on": date(2026, 11, 20),
        "change_by": "RSSI",
    }
    told = phrase(verdict("backup-rpo", "files", State.MET, Reason.WITHIN_LIMIT, value=3600.0, about=about), "fr")
    assert told.endswith(
        " ; la baisse ou le remplacement constaté est voulu, selon l'inscription de RSSI pour le 20 novembre 2026"
        " ; rien n'a changé dans /srv/scota depuis 9 j, ce qui n'est pas habituel"
    )


def test_what_is_kept_too_long_names_the_copy_and_both_durations() -> None:
    about = {"copy": "files/archive", "points": 3}
    told = verdict(
        "backup-lifecycle",
        "files",
        State.MISSED,
        Reason.RETENTION_EXCEEDED,
        value=500 * DAY,
        limit=400 * DAY,
        about=about,
    )
    said = "un point de reprise de 500 j est encore là, dans files/archive (durée fixée : 400 j)"
    assert phrase(told, "fr") == said


def test_a_rewritten_copy_and_a_lost_protection_are_told() -> None:
    rewritten = verdict(
        "backup-offsite",
        "files/offsite",
        State.MISSED,
        Reason.CONTENT_CHANGED,
        about={"points": 2, "source_copy": "files/near", "point": "ab"},
    )
    assert phrase(rewritten, "fr") == (
        "des points de reprise de cette copie n'ont pas le contenu qu'ils ont dans files/near (2 au total)"
    )
    lost = verdict(
        "backup-offsite",
        "files/offsite",
        State.UNPROVEN,
        Reason.PROTECTION_LOST,
        about={
            "held_until": datetime.fromisoformat("2026-11-23T11:00:00+00:00"),
            "lost_at": datetime.fromisoformat("2026-11-23T17:00:00+00:00"),
        },
    )
    assert phrase(lost, "fr").endswith("ce qui lui était refusé jusqu'au 23 novembre 2026 à 12 h 00")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.DAMAGED, "des fichiers restaurés par sondage reviennent endommagés (2 au total)"),
        (
            Reason.CONTENT_CHANGED,
            "des fichiers restaurés par sondage n'ont pas le contenu de la source, qui n'a pas changé depuis "
            "(2 au total)",
        ),
        (
            Reason.INCOMPLETE,
            "des fichiers restaurés par sondage ne reviennent pas tels que le point les décrit (2 au total)",
        ),
    ],
)
def test_a_sample_that_failed_is_told_as_one(reason: Reason, said: str) -> None:
    about: Detail = {
        "failed_samples": 2,
        "since": datetime.fromisoformat("2026-11-24T12:00:00+00:00"),
        "point": "aa" * 32,
    }
    assert phrase(verdict("backup-offsite", "files/offsite", State.MISSED, reason, about=about), "fr") == said
