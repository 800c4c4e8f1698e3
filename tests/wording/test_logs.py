"""What the rules on logs find is told in plain sentences, judged for real."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.facts.logs import FreeSpace, MarkerResult, RetainedRecords, facts_of, proof_facts, room_facts
from agent.core.inventory import Beneficiary, Inventory, LogSource, Marker
from agent.core.judging.check import Check
from agent.core.model import Gap, Observation, Target
from agent.core.reason import Reason
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.wording.sentences import phrase
from checks import log_collection, log_retention

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_AGO = NOW - 600 * DAY


def said(
    check: Check,
    kept: RetainedRecords,
    *,
    since: datetime = LONG_AGO,
    gap: Gap | None = None,
    room: FreeSpace | None = None,
    proof: MarkerResult | None = None,
) -> tuple[str, str]:
    """Return what is said of a source after its title, in French and in English."""
    source = LogSource(
        id="fw-1",
        log="central",
        host="srv-1",
        kind="files",
        path="/x/{source}/**",
        beneficiaries=("scota",),
        marker=None if proof is None else Marker(host="srv-1"),
    )
    inventory = Inventory(beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), log_sources=(source,))
    facts = (*facts_of(kept, source.subject, NOW), *(room_facts(room, "central", NOW) if room else ()))
    facts += tuple(proof_facts(proof, source.subject) if proof else ())
    gaps = () if gap is None else (gap,)
    seen = Observation(collector="logs", host="srv-1", subject="central", begun=NOW, ended=NOW, facts=facts, gaps=gaps)
    shown = NewestLooks(reading=seen, evidence_id="r-1", observation=seen, observation_id="r-1")
    bench = EvaluationContext(inventory=inventory, readings=lambda collector, subject: shown, now=NOW)
    clause = CLAUSES[check.target]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    (one,) = (
        one for one in expected(inventory, None) if one.key.target == check.target and one.key.subject == source.subject
    )
    verdict = judge(one, check, target, since, bench)
    return phrase(verdict, "fr"), phrase(verdict, "en")


KEEPS, COMES = log_retention.CHECK, log_collection.CHECK
FULL = FreeSpace(free=1, daily=1, full=NOW + 30 * DAY)
DENIED = Gap(subject="central/fw-1", reason=Reason.DENIED, detail="/x/fw-1/auth.log: Permission denied")

CASES: dict[str, tuple[tuple[str, str], str, str]] = {
    "a year, whole": (
        said(KEEPS, kept=RetainedRecords(oldest=NOW - 370 * DAY, newest=NOW)),
        "journaux lisibles sur 370 j, depuis le 19 novembre 2025, sans interruption (objectif : 350 j au moins)",
        "logs can be read back 370 d, to 19 November 2025, without a hole (objective: 350 d at least)",
    ),
    "a year, and no room": (
        said(
            KEEPS,
            kept=RetainedRecords(oldest=NOW - 351 * DAY, newest=NOW),
            room=FreeSpace(free=1, daily=1, full=NOW - 3 * DAY),
        ),
        "journaux lisibles sur 351 j, depuis le 8 décembre 2025, sans interruption (objectif : 350 j au "
        "moins) ; au rythme actuel la place manquera le 21 novembre 2026",
        "logs can be read back 351 d, to 8 December 2025, without a hole (objective: 350 d at least); at "
        "this rate the room ends on 21 November 2026",
    ),
    "a young source": (
        said(KEEPS, kept=RetainedRecords(oldest=NOW - 50 * DAY, newest=NOW), since=NOW - 10 * DAY),
        "rien n'est démontré, car les journaux ne sont lisibles que sur 50 j, en bonne voie : environ douze mois le 20 "
        "septembre 2027",
        "nothing is proven, since logs can be read back only 50 d, on course: about twelve months on 20 September 2027",
    ),
    "a young source, and no room": (
        said(KEEPS, kept=RetainedRecords(oldest=NOW - 50 * DAY, newest=NOW), since=NOW - 10 * DAY, room=FULL),
        "rien n'est démontré, car les journaux ne sont lisibles que sur 50 j : environ douze mois le 20 "
        "septembre 2027 ; mais au rythme actuel la place manquera le 24 décembre 2026",
        "nothing is proven, since logs can be read back only 50 d: about twelve months on 20 September 2027; "
        "but at this rate the room ends on 24 December 2026",
    ),
    "too short": (
        said(KEEPS, kept=RetainedRecords(oldest=NOW - 28 * DAY, newest=NOW)),
        "le plus ancien enregistrement lisible (27 octobre 2026) n'a que 28 j (objectif : 350 j au moins) : "
        "ce qui précède n'est plus là",
        "the oldest record that can be read (27 October 2026) is only 28 d old (objective: 350 d at least): "
        "what came before is gone",
    ),
    "a hole": (
        said(
            KEEPS, kept=RetainedRecords(oldest=NOW - 370 * DAY, newest=NOW, holes=((NOW - 40 * DAY, NOW - 10 * DAY),))
        ),
        "interruption de 30 j entre le 15 octobre 2026 à 14 h 00 et le 14 novembre 2026 à 13 h 00 (au plus "
        "24 h) ; interruptions : 1",
        "a hole of 30 d between 15 October 2026 at 14:00 and 14 November 2026 at 13:00 (at most 24 h); holes: 1",
    ),
    "too long": (
        said(KEEPS, kept=RetainedRecords(oldest=NOW - 500 * DAY, newest=NOW)),
        "des journaux de 500 j, depuis le 12 juillet 2025, sont encore là (au plus 400 j)",
        "logs 500 d old, from 12 July 2025 on, are still there (at most 400 d)",
    ),
    "rewritten": (
        said(KEEPS, kept=RetainedRecords(oldest=NOW - 370 * DAY, newest=NOW, rewritten=(("2026-03-01", NOW),))),
        "des journaux anciens ont été réécrits depuis leur première lecture (le premier : 1er mars 2026 ; jours : 1)",
        "past logs were rewritten since they were first read (the first: 1 March 2026; days: 1)",
    ),
    "removed": (
        said(KEEPS, kept=RetainedRecords(oldest=NOW - 370 * DAY, newest=NOW, removed=(("2026-03-01", NOW),))),
        "des journaux anciens ont disparu du milieu de ce qui est conservé (le premier : 1er mars 2026 ; jours : 1)",
        "past logs have gone from the midst of what is kept (the first: 1 March 2026; days: 1)",
    ),
    "nothing kept": (
        said(KEEPS, kept=RetainedRecords()),
        "aucun enregistrement de cette source n'a été trouvé",
        "no record of this source was found",
    ),
    "not read yet": (
        said(KEEPS, kept=RetainedRecords(waiting=3, unread=(NOW - 9 * DAY, NOW))),
        "rien n'est démontré, car tous les fichiers ne sont pas encore lus (restent : 3)",
        "nothing is proven, since not all files have been read yet (left: 3)",
    ),
    "refused": (
        said(KEEPS, kept=RetainedRecords(unread=(NOW - 9 * DAY, NOW)), gap=DENIED),
        "rien n'est démontré, car l'accès a été refusé au contrôle",
        "nothing is proven, since access was refused",
    ),
    "it comes, with its rhythm": (
        said(COMES, kept=RetainedRecords(oldest=NOW - 9 * DAY, newest=NOW - DAY / 24, interval=timedelta(seconds=10))),
        "dernier enregistrement reçu il y a 1 h (objectif : 24 h ; d'ordinaire un toutes les 10 s)",
        "the newest record came 1 h ago (objective: 24 h; usually one every 10 s)",
    ),
    "it comes": (
        said(COMES, kept=RetainedRecords(oldest=NOW - 9 * DAY, newest=NOW - DAY / 24)),
        "l'objectif est tenu (1 h, objectif : 24 h)",
        "the objective holds (1 h, objective: 24 h)",
    ),
    "silent, with its rhythm": (
        said(COMES, kept=RetainedRecords(oldest=NOW - 9 * DAY, newest=NOW - 2 * DAY, interval=timedelta(seconds=10))),
        "rien n'est arrivé depuis 48 h (objectif : 24 h ; d'ordinaire un enregistrement toutes les 10 s)",
        "nothing has come for 48 h (objective: 24 h; usually a record every 10 s)",
    ),
    "silent": (
        said(COMES, kept=RetainedRecords(oldest=NOW - 9 * DAY, newest=NOW - 2 * DAY)),
        "rien n'est arrivé depuis 48 h (objectif : 24 h)",
        "nothing has come for 48 h (objective: 24 h)",
    ),
    "never came": (
        said(COMES, kept=RetainedRecords()),
        "aucun enregistrement de cette source n'a été trouvé",
        "no record of this source was found",
    ),
}

CASES |= {
    "a wrong zone": (
        said(COMES, RetainedRecords(oldest=NOW - 9 * DAY, newest=NOW - DAY / 24, apart=timedelta(hours=-2))),
        "dernier enregistrement reçu il y a 1 h (objectif : 24 h) ; mais les horodatages de la source sont à 2 h de la "
        "réception",
        "the newest record came 1 h ago (objective: 24 h); but the source's stamps are 2 h from the time of reception",
    ),
    "the marker arrived": (
        said(
            COMES,
            RetainedRecords(oldest=NOW - 9 * DAY, newest=NOW - DAY / 24, interval=timedelta(seconds=10)),
            proof=MarkerResult(nonce="a", sent=NOW, found=NOW, taken=timedelta(seconds=2)),
        ),
        "dernier enregistrement reçu il y a 1 h (objectif : 24 h) ; le message témoin est arrivé en 2 s",
        "the newest record came 1 h ago (objective: 24 h); the marker arrived within 2 s",
    ),
    "the marker is lost": (
        said(
            COMES,
            RetainedRecords(oldest=NOW - 9 * DAY, newest=NOW),
            proof=MarkerResult(nonce="a", sent=NOW, lost=NOW - DAY / 24),
        ),
        "le message témoin envoyé le 24 novembre 2026 à 12 h 00 par le syslog de la source n'est pas arrivé",
        "the marker sent on 24 November 2026 at 12:00 through the source's own syslog did not arrive",
    ),
    "a configuration that erases too soon": (
        said(
            KEEPS,
            RetainedRecords(oldest=NOW - 5 * DAY, newest=NOW),
            since=NOW - 5 * DAY,
            room=FreeSpace(free=1, daily=1, age=28 * DAY),
        ),
        "rien n'est démontré, car les journaux ne sont lisibles que sur 5 j : environ douze mois le 4 "
        "novembre 2027 ; mais la configuration les efface au bout de 28 j",
        "nothing is proven, since logs can be read back only 5 d: about twelve months on 4 November 2027; "
        "but the configuration erases them after 28 d",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_thing_that_is_found_has_its_sentence(name: str) -> None:
    told, french, english = CASES[name]
    assert told == (french, english)
