"""What the two rules on backups find is told in a sentence of its own, judged for real."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.facts.verification import Damage
from agent.core.inventory import Backup, Beneficiary, Copy, DeclaredHost, Inventory
from agent.core.model import Fact, FactValue, Gap, Observation, State, Target, Verdict
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.wording.sentences import phrase
from checks import backup_offsite, backup_rpo
from collectors.restic import LOOKS as RESTIC
from tests.verdicts import verdict

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
CHECKS = {"backup-rpo": backup_rpo.CHECK, "backup-offsite": backup_offsite.CHECK}


def point(hours: float, *, files: int | None = 100, host: str = "srv-1", id: str = "a1") -> Point:
    """Return a recovery point made that many hours ago."""
    return Point(id=id, time=NOW - timedelta(hours=hours), host=host, paths=("/srv/scota",), files=files)


def fact(name: str, value: FactValue, hours: float = 0) -> Fact:
    """Return a fact about the copy, as the world was that many hours ago."""
    return Fact(name=name, subject="files/offsite", value=value, as_of=NOW - timedelta(hours=hours))


def listing(*points: Point, present: bool = True, further: Sequence[Fact] = (), gaps: Sequence[Gap] = ()) -> Any:
    """Return a look at the list of points."""
    facts = (fact("repository.present", present), *(fact("backup.point", one) for one in points), *further)
    return look("restic_snapshots", facts, gaps)


def verified(hours: float, *further: Fact) -> Observation:
    """Return a look at the integrity, sound, that many hours ago."""
    return look("restic_check", (fact("verify.sound", "sampled", hours), *further), ())


def look(collector: str, facts: Sequence[Fact], gaps: Sequence[Gap]) -> Observation:
    """Return an observation of this minute."""
    return Observation(
        collector=collector,
        host="srv-1",
        subject="files/offsite",
        begun=NOW,
        ended=NOW,
        facts=tuple(facts),
        gaps=tuple(gaps),
    )


def inventory(**copy: Any) -> Inventory:
    """Return one backup with one copy, off site unless said otherwise."""
    given: dict[str, Any] = {"offsite": True, "country": "FR", **copy}
    offsite = Copy(
        program=RESTIC,
        id="offsite",
        backup="files",
        repository="/srv/restic",
        password_file=Path("/nonexistent"),
        host="srv-1",
        snapshot_host="srv-1",
        paths=("/srv/scota",),
        **given,
    )
    backup = Backup(
        program=RESTIC,
        id="files",
        beneficiary="scota",
        host="srv-1",
        paths=("/srv/scota",),
        snapshot_host="srv-1",
        copies=(offsite,),
    )
    return Inventory(
        beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), hosts=(DeclaredHost(id="srv-1"),), backups=(backup,)
    )


def judged(target: str, looks: Sequence[Observation], declared: Inventory) -> Verdict:
    """Return the verdict that those looks come to."""
    seen: Mapping[str, NewestLooks] = {
        one.collector: NewestLooks(reading=one, evidence_id="r-1", observation=one, observation_id="r-1")
        for one in looks
    }
    bench = EvaluationContext(inventory=declared, readings=lambda collector, subject: seen.get(collector), now=NOW)
    wanted = next(one for one in expected(declared, date(2026, 1, 1)) if one.key.target == target)
    clause = CLAUSES[target]
    in_force = Target(id=target, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    return judge(wanted, CHECKS[target], in_force, LONG_AGO, bench)


USUAL = [point(24.0 * day, files=1000, id=f"b{day}") for day in range(1, 9)]
WHOLE = fact("verify.whole", True, 24)

RPO = {
    "le dernier point de reprise hors site date de 3 h (objectif : 24 h), d'après sa seule date, faute de témoin": (
        listing(point(3))
    ),
    "le dernier point de reprise hors site de /srv/scota date de 26 h (objectif : 24 h)": listing(point(26)),
    "le dépôt ou le dossier de la copie files/offsite n'est pas là où il devrait être": listing(present=False),
    "le dépôt contient des points d'autres sources, mais aucun de /srv/scota ; un point récent de /srv/scota porte un "
    "autre nom de machine, srv-2 (voir snapshot_host)": listing(point(3, host="srv-2")),
    "le dépôt contient des points d'autres sources, mais aucun de /srv/scota": listing(point(30, host="srv-2")),
    "le dépôt ne contient aucun point de reprise": listing(),
    "aucun fichier du dossier ne répond au motif (match) de la série /srv/scota ; fichiers hors de toute série : 4": (
        listing(further=[fact("files.of_no_set", 4)])
    ),
    "rien n'est démontré, car les fichiers de /srv/scota viennent d'arriver : ils comptent une fois que rien n'y a "
    "changé pendant la durée settle (15 min par défaut)": listing(further=[fact("files.settling", "/srv/scota")]),
    "le dernier point de reprise de /srv/scota ne contient aucune donnée": listing(point(3, files=0)),
    "un point de reprise est daté de 5 h dans le futur": listing(point(-5)),
    "le nombre de fichiers du dernier point de /srv/scota est tombé à 10, contre 1000 d'habitude": listing(
        point(3, files=10), *USUAL
    ),
    "les points de reprise qui sont là sont endommagés et illisibles": listing(
        further=[fact("repository.damaged_snapshot", "c0ffee")]
    ),
    "rien n'est démontré, car un point plus récent est peut-être là, mais n'a pas pu être lu": listing(
        point(3, files=None)
    ),
}

A1 = fact("canary.newest", "a1", 3)
CANARY = {
    "le témoin restauré du dernier point hors site date de 4 h (objectif : 24 h)": (
        A1,
        fact("canary.planted", "a1", 4),
    ),
    "le témoin restauré du dernier point hors site date de 5 j (objectif : 24 h) : "
    "ce qui est sauvegardé n'est plus la source du jour": (A1, fact("canary.planted", "a1", 120)),
    "rien n'est démontré, car le dernier point de reprise de files/offsite ne contient pas le témoin": (
        A1,
        fact("canary.missing", "a1", 3),
    ),
    "rien n'est démontré, car le témoin du dernier point de reprise de files/offsite est illisible": (
        A1,
        fact("canary.garbled", "a1", 3),
    ),
    "rien n'est démontré, car le témoin du dernier point est daté de 5 h dans le futur": (
        A1,
        fact("canary.planted", "a1", -5),
    ),
}

OFFSITE: dict[str, list[Observation]] = {
    "le dernier point de reprise date de 3 h (objectif : 24 h), copie vérifiée il y a 26 h": [
        listing(point(3)),
        verified(26, WHOLE),
    ],
    "le dernier point de reprise de cette copie date de 26 h (objectif : 24 h)": [
        listing(point(26)),
        verified(26, WHOLE),
    ],
    "rien n'est démontré, car l'intégrité de cette copie n'a encore jamais été vérifiée": [listing(point(3))],
    "rien n'est démontré, car la dernière vérification réussie date de 8 j (il en faut une de moins de 7 j)": [
        listing(point(3)),
        verified(8 * 24, WHOLE),
    ],
    "rien n'est démontré, car toute la copie n'a pas été relue depuis 100 j (il le faut en 90 j)": [
        listing(point(3)),
        verified(1, fact("verify.whole", True, 2400)),
    ],
    "rien n'est démontré, car toute la copie n'a pas encore été relue (il le faut en 90 j)": [
        listing(point(3)),
        verified(1),
    ],
    "des fichiers de la copie sont endommagés ou manquent (2 au total)": [
        listing(point(3)),
        verified(
            1,
            WHOLE,
            fact("verify.damage", Damage(file="data/aa/aa", reason="damaged")),
            fact("verify.damage", Damage(file="index/bb", reason="absent")),
        ),
    ],
    "des points de reprise ont disparu (1 au total, le plus récent du 22 novembre 2026 à 13 h 00), "
    "sans que la conservation prévue l'explique": [
        listing(point(3), further=[fact("backup.point.gone", point(48, id="gone"), 20)]),
        verified(1, WHOLE),
    ],
}


@pytest.mark.parametrize("sentence", RPO)
def test_what_a_look_at_the_points_shows_is_told(sentence: str) -> None:
    assert phrase(judged("backup-rpo", [RPO[sentence]], inventory()), "fr") == sentence


@pytest.mark.parametrize("sentence", CANARY)
def test_what_the_canary_shows_is_told(sentence: str) -> None:
    declared = inventory()
    planted = replace(declared, backups=(replace(declared.backups[0], canary="/srv/scota/.canary"),))
    looks = [listing(point(3)), look("canary", CANARY[sentence], ())]
    assert phrase(judged("backup-rpo", looks, planted), "fr") == sentence


@pytest.mark.parametrize("sentence", OFFSITE)
def test_what_the_looks_at_a_copy_show_is_told(sentence: str) -> None:
    assert phrase(judged("backup-offsite", OFFSITE[sentence], inventory()), "fr") == sentence


def test_a_copy_of_the_source_s_own_site_is_no_off_site_copy() -> None:
    here = inventory(offsite=False)
    assert phrase(judged("backup-rpo", [], here), "fr") == "aucune copie n'est sur un autre site que la source"
    told = judged("backup-offsite", [listing(point(3)), verified(1, WHOLE)], here)
    assert phrase(told, "fr") == "cette copie est sur le site de la source, et aucune autre n'est hors site"


def test_a_copy_that_asks_for_less_does_not_count_and_says_so() -> None:
    told = judged("backup-rpo", [], inventory(limit=timedelta(days=7)))
    assert told.reason is Reason.NOT_OFFSITE
    assert "sa propre limite" in phrase(told, "fr")


def test_where_a_copy_lies_is_told() -> None:
    looks = [listing(point(3)), verified(1, WHOLE)]
    abroad = phrase(judged("backup-offsite", looks, inventory(country="US")), "fr")
    assert abroad == "la copie est hors de l'Espace économique européen (US), sans garantie documentée"
    unsaid = phrase(judged("backup-offsite", looks, inventory(country=None)), "fr")
    assert unsaid == "rien n'est démontré, car le pays où se trouve cette copie n'est pas renseigné"


def test_points_that_are_not_the_sources_are_named_in_the_sentence() -> None:
    about = {"path": "/srv/scota", "foreign_points": 4, "narrower_points": 4, "other_host": "vm.example.fr"}
    told = phrase(verdict("backup-rpo", "files", State.MISSED, Reason.ABSENT, about=about), "fr")
    assert "des points plus étroits sont là, faits de ce qui est sous /srv/scota (4 récents)" in told
    assert told.endswith(
        " ; un point récent de /srv/scota porte un autre nom de machine, vm.example.fr (voir snapshot_host)"
    )


@pytest.mark.parametrize("target", ["backup-rpo", "backup-offsite"])
def test_a_cluster_of_an_unknown_name_is_told_by_that_name(target: str) -> None:
    verdict = judged(target, [listing(present=False)], inventory(cluster="mian"))
    assert "ne connaît ni stanza ni serveur du nom de mian" in phrase(verdict, "fr")
    assert "knows no stanza or server of the name mian" in phrase(verdict, "en")
