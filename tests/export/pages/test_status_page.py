"""The status page as text: what it says, in which order, and that no name can become markup."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.settings import Convention
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Beneficiary
from agent.core.model import Detail, State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.row_limits import rows_each
from agent.export.pages.status_page import policy, render
from agent.export.snapshot import CurrentVerdict, Snapshot, UnwatchedItem
from agent.wording.languages import Language
from agent.wording.states import state_word
from agent.wording.targets.every import target_title
from tests.export.samples import ACCEPTED, LATE, NOW, OTHER, SCOTA, SOUND, UNREACHABLE, snapshot, verdict
from tests.parts.markup import tags, words


def test_a_reader_learns_what_stands_where_since_when_and_on_what_evidence() -> None:
    """The six things that a person at SCOTA asks, each on the page."""
    text = words(render(snapshot()))
    assert "Syndicat Mixte du SCOT de l'Arrageois" in text
    assert "Délibération n° 588 du 24 septembre 2025" in text
    assert "État au 24 novembre 2026 à 5 h 12" in text
    assert "1 objectif sur 22 n'est pas atteint ; 19 autres restent à démontrer." in text
    assert "Objectif ≤ 24 h" in text
    assert "47 atteints sur 54 jours (87 %)" in text
    late = text.partition("Dernière preuve files")[2]
    assert late.startswith(" non atteint Le dernier point de reprise hors site date de 26 h 3 min (objectif : 24 h).")
    assert " 2 h 3 min 24 nov., 3 h 09 il y a 4 min 24 nov., 5 h 08 " in late


def test_a_sentence_that_begins_with_a_name_leaves_it_as_it_is() -> None:
    about: Detail = {"what": "postgresql:shop", "found_since": NOW.date()}
    gap = verdict("backup-coverage", "srv-1", State.MISSED, Reason.NOT_COVERED, about=about)
    text = words(render(replace(snapshot(), standings=(CurrentVerdict(verdict=gap),))))
    assert "non atteint postgresql:shop (vu depuis le 24 novembre 2026) n'est dans aucune sauvegarde." in text


def test_the_worst_comes_first() -> None:
    """Targets and, within one, subjects are ordered by how bad they are."""
    page = render(snapshot())
    order = [page.index(f'<section class="target {state}"') for state in ("missed", "unproven", "accepted", "met")]
    assert order == sorted(order)
    subjects = [page.index(f"<bdi>{name}</bdi>") for name in ("files", "archives", "mail")]
    assert subjects == sorted(subjects)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_target_is_on_the_page_with_its_state_in_words(language: Language) -> None:
    """What nothing looks at yet is named like all the others."""
    page = render(snapshot(language=language))
    text = words(page)
    assert f'<html lang="{language}">' in page
    for target in (id for id, clause in CLAUSES.items() if not clause.on_request):
        assert target_title(target, language) in text
        assert page.count(f'id="{target}"') == 1
    for state in State:
        assert state_word(state, language) in text


def test_no_french_is_left_on_an_english_page() -> None:
    """The page is in one language; names and references stay as they are."""
    text = words(render(replace(snapshot(language="en"), unwatched=(), convention=Convention(), beneficiaries=())))
    assert re.search(r"[éèàùçôî«»]|Objectif|Depuis|preuve", text) is None


def test_what_is_not_watched_is_told_as_such() -> None:
    """Silence is no conformity."""
    text = words(render(snapshot()))
    assert "Non surveillé Ce qui suit est là et aucun contrôle ne le regarde." in text
    assert "le point de montage /srv/photos n'est dans aucune sauvegarde" in text
    assert "Non surveillé" not in words(render(replace(snapshot(), unwatched=())))


def test_what_left_the_configuration_is_named() -> None:
    """A subject that disappeared without an end date stays on the page."""
    text = words(render(snapshot()))
    assert "archives retiré de la configuration non démontré" in text


def test_the_agents_own_trouble_stands_at_the_top() -> None:
    """A reader of good news must see that they may be old."""
    ill = words(render(snapshot(fault="the loop has not ticked for 95 s")))
    assert ill.index("la boucle des contrôles ne tourne plus depuis 95 s") < ill.index(
        "Les objectifs, les plus préoccupants"
    )
    assert "Le logiciel de mesure fonctionne" not in ill
    assert "Le logiciel de mesure fonctionne" in words(render(snapshot()))


def test_a_page_written_outside_the_service_does_not_call_the_agent_well() -> None:
    """No one has heard the loop, so nothing is said of it."""
    text = words(render(replace(snapshot(), heartbeat=None)))
    assert "Le logiciel de mesure fonctionne" not in text
    assert "elle ne dit pas si le service est en marche" in text
    assert "battement" not in text


def test_all_is_well_reads_so() -> None:
    """Good news is one sentence."""
    good = Snapshot(at=NOW, version="1", standings=(CurrentVerdict(verdict=SOUND),), beneficiaries=(SCOTA,))
    assert "L'objectif est atteint." in words(render(good))


def test_the_counts_of_the_first_lines_agree_with_their_words() -> None:
    standings = tuple(CurrentVerdict(verdict=replace(LATE, target=target)) for target in ("backup-rpo", "patching"))
    counted = words(render(Snapshot(at=NOW, version="1", standings=standings)))
    assert "2 non atteints 0 non démontré 0 risque accepté 0 atteint 0 sans objet" in counted


def test_one_bad_subject_is_what_a_target_stands_for() -> None:
    """A target with one good and one bad subject counts as bad, and one that does not apply counts for nothing."""
    mixed = (
        CurrentVerdict(verdict=SOUND),
        CurrentVerdict(verdict=replace(SOUND, subject="b", state=State.NOT_APPLICABLE)),
    )
    page = render(Snapshot(at=NOW, version="1", standings=mixed))
    assert '<section class="target met"' in page
    assert '<section class="target missed"' in render(
        Snapshot(at=NOW, version="1", standings=(*mixed, CurrentVerdict(verdict=LATE)))
    )


def test_an_acceptance_shows_what_was_measured() -> None:
    """The risk is accepted, and what was measured is said."""
    text = words(render(Snapshot(at=NOW, version="1", standings=(CurrentVerdict(verdict=ACCEPTED),))))
    assert "risque accepté Risque accepté (inscription acceptance-3) ; mesuré non atteint" in text


def test_an_empty_page_promises_nothing() -> None:
    """Nothing expected is not everything met."""
    assert "Aucun objectif n'est attendu." in words(render(Snapshot(at=NOW, version="1")))


def test_evidence_from_ahead_of_the_clock_is_not_negative() -> None:
    """A clock that was set back makes no riddle."""
    text = words(
        render(Snapshot(at=NOW, version="1", standings=(CurrentVerdict(verdict=LATE, since=NOW + timedelta(1)),)))
    )
    assert "-" not in text.partition("Dernière preuve")[2].partition("il y a")[0]


def test_several_beneficiaries_are_told_apart() -> None:
    """A subject that two share has a row for each, with its name."""
    shared = Snapshot(
        at=NOW,
        version="1",
        beneficiaries=(SCOTA, OTHER),
        standings=(CurrentVerdict(verdict=LATE), CurrentVerdict(verdict=replace(LATE, beneficiary="other"))),
    )
    text = words(render(shared))
    assert "files Syndicat des eaux non atteint" in text
    assert "files Syndicat Mixte du SCOT de l'Arrageois non atteint" in text
    assert "files Syndicat" not in words(render(shared.narrow(("scota",))))


def test_nothing_on_the_page_runs_or_is_fetched() -> None:
    """No script, no address but the page's own, no style but the one sheet that its policy names."""
    page = render(snapshot())
    seen = tags(page)
    assert {tag for tag, _ in seen}.isdisjoint({"script", "img", "iframe", "object", "embed", "form", "base", "audio"})
    attributes = [(name, value or "") for _, pairs in seen for name, value in pairs.items()]
    assert [name for name, _ in attributes if name == "style" or name.startswith("on")] == []
    addresses = [value for name, value in attributes if name in ("href", "src", "xlink:href")]
    assert all(address.startswith(("#", "data:image/svg+xml,")) for address in addresses)
    sheet = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(sheet) == 1
    digest = base64.b64encode(hashlib.sha256(sheet[0].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy()
    assert policy().startswith("default-src 'none';")
    assert "unsafe" not in policy()
    assert "url(" not in sheet[0]
    assert "@import" not in sheet[0]


def test_the_page_carries_its_policy_with_it() -> None:
    """Kept as a file, with no server to send a header, it is held to the same."""
    metas = [pairs for tag, pairs in tags(render(snapshot())) if tag == "meta"]
    assert {"http-equiv": "Content-Security-Policy", "content": policy()} in metas


def test_every_reference_within_the_page_arrives() -> None:
    """Links, labels and symbols name something that is there, once."""
    seen = tags(render(snapshot()))
    ids = [value for _, pairs in seen if (value := pairs.get("id"))]
    assert len(ids) == len(set(ids))
    named = [value[1:] for _, pairs in seen if (value := pairs.get("href")) and value.startswith("#")]
    named += [value for _, pairs in seen if (value := pairs.get("aria-labelledby"))]
    assert set(named) <= set(ids)


def test_headings_leave_no_level_out() -> None:
    """One h1, and no step down of more than one."""
    levels = [int(tag[1]) for tag, _ in tags(render(snapshot())) if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_scopes() -> None:
    """A screen reader can tell which column it is in."""
    seen = tags(render(snapshot()))
    names = [tag for tag, _ in seen]
    assert names.count("table") == names.count("caption") > 0
    assert all(pairs.get("scope") in ("col", "row") for tag, pairs in seen if tag == "th")


HOSTILE = st.text(max_size=40) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "'; drop",
        "\u202egnp.exe",
        "</style>",
    ]
)


@given(HOSTILE, HOSTILE)
def test_no_name_becomes_markup(name: str, other: str) -> None:
    """Whatever the names hold, the page has the same tags."""

    def page(first: str, second: str) -> str:
        one, two = f"a{first}", f"b{second}"
        return render(
            Snapshot(
                at=NOW,
                version="1",
                convention=Convention(reference=one, provider=two),
                beneficiaries=(Beneficiary(id=two, name=one), OTHER),
                standings=(
                    CurrentVerdict(verdict=replace(LATE, subject=one, beneficiary=two)),
                    CurrentVerdict(verdict=replace(UNREACHABLE, subject=two, about={"copy": one})),
                    CurrentVerdict(verdict=replace(ACCEPTED, subject=one, acceptance=two)),
                    CurrentVerdict(verdict=verdict("web-filtering", one, beneficiary=two)),
                ),
                unwatched=(UnwatchedItem(sentence=one),),
                fault=two.replace(";", ","),  # several troubles are told apart by it
            )
        )

    def shape(text: str) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(pairs)) for tag, pairs in tags(text)]

    assert shape(page(name, other)) == shape(page("name", "other"))
    assert not {"\u202e", "\u202d", "\u2066"} & set(page(name, other).partition("<body>")[2])


def test_open_clocks_are_listed_with_what_is_left_the_nearest_term_first() -> None:
    running = [
        verdict(
            target=target,
            subject="breach-1",
            state=State.MET,
            reason=Reason.ON_COURSE,
            about={"entry": "breach-1", "due": NOW + timedelta(hours=hours)},
        )
        for target, hours in (("breach-cnil", 60), ("breach-dpo", 12), ("incident-report", -3))
    ]
    closed = verdict(
        target="breach-dpo",
        subject="breach-2",
        about={"entry": "breach-2", "due": date(2026, 11, 1), "closed": date(2026, 10, 31)},
    )
    shown = words(
        render(replace(snapshot(), standings=tuple(CurrentVerdict(verdict=one) for one in (*running, closed))))
    )
    section = shown.partition("Délais en cours")[2].partition("Le logiciel de mesure")[0]
    places = [section.index(text) for text in ("dépassé de 3 h", "reste 12 h", "reste 60 h")]
    assert places == sorted(places)
    assert "breach-2" not in section
    assert "Délais en cours" not in words(render(replace(snapshot(), standings=(CurrentVerdict(verdict=closed),))))


def planned(subject: str, **values: str) -> RegisterEntry:
    return RegisterEntry(
        id=f"plan-{subject}",
        register="plan",
        beneficiary="scota",
        values={"target": "backup-rpo", "subject": subject, "action": "doubler la ligne", "owner": "RSSI", **values},
        received_at=NOW,
    )


def test_the_improvement_plan_lists_each_miss_with_its_owner_and_date_or_that_nobody_has_it() -> None:
    missed = [
        verdict("backup-rpo", subject, State.MISSED, Reason.TOO_OLD, seen=timedelta(minutes=4))
        for subject in ("files", "mail", "web")
    ]
    sound = verdict("backup-rpo", "wiki", State.MET, Reason.WITHIN_LIMIT, seen=timedelta(minutes=4))
    entries = (
        planned("mail", due="2026-12-24"),
        planned("files", due="2026-11-20", owner="DSI"),
        planned("wiki", due="2026-11-30"),
        replace(planned("web", due="2026-11-30"), beneficiary="other"),
    )
    shown = snapshot()
    shown = replace(shown, standings=tuple(CurrentVerdict(verdict=one) for one in (*missed, sound)), planned=entries)
    section = words(render(shown)).partition("Plan d'amélioration")[2].partition("Le logiciel de mesure")[0]
    said = (
        "files : doubler la ligne ; DSI, dépassé de",
        "mail : doubler la ligne ; RSSI, reste",
        "web : aucune action",
    )
    places = [section.index(text) for text in said]
    assert places == sorted(places)
    assert "wiki" not in section
    assert [entry.id for entry in shown.narrow({"other"}).planned] == ["plan-web"]


def test_what_was_never_done_has_no_evidence() -> None:
    never = verdict(
        "recovery-test", "files", about={"never": date(2026, 1, 1), "due": date(2027, 1, 1)}, seen=timedelta(minutes=4)
    )
    shown = words(render(replace(snapshot(), standings=(CurrentVerdict(verdict=never),))))
    assert "aucune" in shown.partition("files")[2].partition("Comment lire")[0]
    assert "il y a 4 min" not in shown.partition("files")[2].partition("Le logiciel de mesure")[0]


def many(count: int) -> Snapshot:
    """Return a page's worth of subjects, every third one missed."""
    standings = [
        CurrentVerdict(
            verdict=replace(SOUND if number % 3 else LATE, subject=f"machine-au-nom-long-{number}"), since=NOW
        )
        for number in range(count)
    ]
    return replace(
        snapshot(),
        standings=tuple(standings),
        runs=tuple(replace(snapshot().runs[0], host=f"srv-{number}") for number in range(count)),
        unwatched=tuple(UnwatchedItem(sentence=f"srv-{number} : rien") for number in range(count)),
    )


def test_a_served_page_with_500_subjects_stays_small_and_leads_to_each_of_them() -> None:
    """The worst have rows, the others their names; each has a link, and lists say how much they leave out."""
    page = render(many(500), PageLinks())
    assert len(page.encode()) <= 200_000
    assert page.count('<tr role="row" class="missed">') == 60
    places = set(re.findall(r'href="(/target/backup-rpo/[^"]+)"', page))
    assert len(places) == 500
    assert "Les autres éléments suivis, chacun sur sa page" in words(page)
    assert "et 460 de plus" in words(page)
    assert tags(page)


def test_a_page_that_stands_alone_shows_everything_and_leads_nowhere() -> None:
    """Sent by mail, there is no other page to look at."""
    page = render(many(150))
    assert len(re.findall(r'<tr role="row" class="(?:missed|met)">', page)) == 150
    assert [tag for tag, given in tags(page) if tag == "a" and not (given["href"] or "").startswith("#")] == []
    assert "de plus" not in words(page)


@pytest.mark.parametrize(
    ("counts", "rows"),
    [((), ()), ((3,), (3,)), ((500,), (60,)), ((1, 500, 500), (1, 56, 2)), ((40, 60), (40, 20)), ((5,) * 40, None)],
)
def test_room_goes_to_the_worst_targets_and_each_has_some(
    counts: tuple[int, ...], rows: tuple[int, ...] | None
) -> None:
    """About sixty rows in all; two for each target, come what may."""
    given = rows_each(counts, served=True)
    assert given == rows or (rows is None and min(given) == 2)
    assert sum(given) <= max(60, 2 * len(counts))
    assert rows_each(counts, served=False) == counts
