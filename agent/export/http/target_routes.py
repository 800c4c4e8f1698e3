"""What is answered at the address of a target or of a subject: a page or its JSON; what no one expects is not there."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from agent.core.model import Key
from agent.export.hidden_machines import HIDDEN
from agent.export.http.response import Response, json_text, line, page
from agent.export.http.site import Site
from agent.export.pages import absent_page, subject_page, target_page
from agent.export.pages.addresses import PageLinks, PageRequest
from agent.export.pages.details_json import subject_document, target_document
from agent.export.pages.documents import DETAIL_PAGES
from agent.export.pages.verdict_details import EvidenceDetail, VerdictDetails
from agent.export.snapshot import CurrentVerdict, Snapshot, is_own_host


def target_answer(wanted: PageRequest, snapshot: Snapshot, links: PageLinks, site: Site) -> Response:
    """Return the answer, from what the snapshot shows: what it was narrowed from is as if it were not there."""
    standings = tuple(one for one in snapshot.standings if wanted.is_target(one.key.target))
    if wanted.subject is not None:
        standings = tuple(one for one in standings if wanted.is_subject(one.key.subject))
    if not standings:
        return _absent(wanted, snapshot, links)
    if wanted.subject is None:
        return _target(wanted, standings, snapshot, links, site)
    details = site.details([one.verdict for one in standings], snapshot.at)
    if snapshot.narrowed:
        details = _without_means(details, snapshot.hosts)
    if wanted.json:
        return json_text(subject_document(standings, details, snapshot))
    return page(subject_page.render(standings, details, snapshot, links), DETAIL_PAGES.policy, snapshot.language)


def _target(
    wanted: PageRequest, standings: Sequence[CurrentVerdict], snapshot: Snapshot, links: PageLinks, site: Site
) -> Response:
    target = standings[0].key.target
    beneficiaries = dict.fromkeys(one.key.beneficiary for one in standings)
    calendars = [site.target_calendar(target, one, snapshot.at) for one in sorted(beneficiaries)]
    if wanted.json:
        return json_text(target_document(standings, calendars, snapshot))
    return page(target_page.render(standings, calendars, snapshot, links), DETAIL_PAGES.policy, snapshot.language)


def _absent(wanted: PageRequest, snapshot: Snapshot, links: PageLinks) -> Response:
    if wanted.json:
        return line(404, "nothing of that name is watched here")
    return page(absent_page.render(snapshot, links), DETAIL_PAGES.policy, snapshot.language, status=404)


def _without_means(details: VerdictDetails, own: Collection[str]) -> VerdictDetails:
    # How the provider's machines are looked at, and what they answered, is for those who run them; which machine of
    # another beneficiary was looked at, too.
    proofs = {key: tuple(_digests_only(one, key, own) for one in found) for key, found in details.proofs.items()}
    return replace(details, proofs=proofs)


def _digests_only(proof: EvidenceDetail, key: Key, own: Collection[str]) -> EvidenceDetail:
    look = proof.look
    if look is None:
        return proof
    look = replace(look, detail="", gaps=(), commands=())
    if not is_own_host(look.host, key, own):
        look = replace(look, host=HIDDEN, subject=HIDDEN if look.subject == look.host else look.subject)
    return replace(proof, look=look)
