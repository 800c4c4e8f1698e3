"""The report as a document: golden, the same bytes twice, for everyone without a name, and never broken by a name."""

import html
import re
from dataclasses import replace
from datetime import datetime
from html import escape
from pathlib import Path

import markupsafe
import pytest

from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.model import State
from agent.core.period import PARIS
from agent.report.build import build
from agent.report.csv_file import text
from agent.report.figures import EditionChange, Report
from agent.report.material import Material
from agent.report.page import policy, render
from agent.report.summary import summary
from agent.wording.languages import Words
from agent.wording.page import typeset
from agent.wording.reasons.every import REASONS
from agent.wording.targets.every import TARGETS, target_title
from tests.parts.markup import tags

GOLDEN = Path(__file__).parent / "golden"

# What names a machine, an address, an account, a person, or what someone wrote.
NAMES = ("srv-1", "srv-2", "srv-2.example", "adupont", "Dupont", "fw-1", "guests-to-admin", "malware",
         "Panne de la baie", "Messagerie", "constructeur", "Présidente du SCOTA", "RSSI", "logiciel métier",
         "alerter dès", "files", "mail/offsite", "internet", "arras")  # fmt: skip


def words(page: str) -> str:
    """Return what a person reads, its spaces made plain."""
    body = page.partition("<body>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def golden(name: str, made: str) -> None:
    """Hold what was made to what was reviewed; remove the file and run this again to have it written anew."""
    path = GOLDEN / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
        pytest.fail(f"{path} was missing: it was written, review it")
    assert made == path.read_text(encoding="utf-8")


def test_the_whole_report_is_the_reviewed_one(report: Report) -> None:
    """But for the style sheet and for the shapes of the charts: what these show is told in words beside them."""
    page = re.sub(r"<style>.*?</style>", "<style></style>", render(report), flags=re.DOTALL).replace(
        str(markupsafe.escape(policy())), ""
    )
    drawn = re.compile(r"(<svg[^>]*>\n?(?:<title.*?</desc>\n)?).*?(</svg>)", re.DOTALL)
    golden("report.html", without_shared_words(drawn.sub(r"\1\2", page)))


def without_shared_words(page: str) -> str:
    """Return a page with names in the place of what all pages say of a target or a reason: it has tests of its own."""
    shared = {f"[{id} measured]": told.measured.fr for id, told in TARGETS.items()}
    shared |= {f"[{id} says]": told.says.fr for id, told in TARGETS.items()}
    shared |= {f"[{reason.value} mend]": told.mend.fr for reason, told in REASONS.items()}
    for name, words in shared.items():
        told = typeset(words, "fr")
        page = page.replace(escape(told).replace("&#x27;", "&#39;"), name).replace(told, name)
    return page


def test_a_month_is_drawn_as_it_was_reviewed(report: Report) -> None:
    charts = re.findall(r"<svg class=\"month\".*?</svg>", render(report), re.DOTALL)
    golden("month.svg", next(chart for chart in charts if "Octobre 2026, Sauvegarde quotidienne" in chart) + "\n")


def test_the_whole_table_is_the_reviewed_one(report: Report) -> None:
    """But for the rows of days met, which are counted: each expected day of each subject has one."""
    header, *rows = text(report.days).splitlines()
    met = [row for row in rows if row.endswith(",met,within-limit")]
    golden("days.csv", "\n".join([header, *(row for row in rows if row not in set(met))]) + "\n")
    assert (len(rows), len(met)) == (3318, 2638)


def test_the_summary_is_the_reviewed_one(report: Report) -> None:
    golden("summary.json", summary(report))


def test_it_is_the_same_bytes_twice(material: Material) -> None:
    assert render(build(material, 1)) == render(build(material, 1))


def test_it_is_well_formed_and_needs_nothing_else(report: Report) -> None:
    page = render(report)
    seen = tags(page)
    assert "script" not in [tag for tag, _ in seen]
    assert [given for tag, given in seen if "src" in given or tag == "link"] == []
    ids = [given["id"] for _, given in seen if "id" in given]
    assert len(ids) == len(set(ids))
    targets = {given["href"] for tag, given in seen if tag == "a"}
    assert {target[1:] for target in targets if target} <= set(ids)
    named = [name for _, given in seen for name in (given.get("aria-labelledby") or "").split()]
    assert set(named) <= set(ids)


def test_every_target_has_its_line_and_its_page(report: Report) -> None:
    page = render(report)
    for target in (id for id, clause in CLAUSES.items() if not clause.on_request):
        assert page.count(f'id="{target}"') == 1
        assert page.count(f'href="#{target}"') == 1
        assert target_title(target, "fr") in words(page)


def test_each_chart_says_what_it_shows_and_its_figures_stand_in_a_table(report: Report) -> None:
    page = render(report)
    charts = re.findall(r"<svg class=\"(?:month|trend)\".*?</svg>", page, re.DOTALL)
    assert len(charts) > 12
    assert all('role="img"' in chart and "<title" in chart and "<desc" in chart for chart in charts)
    october = next(chart for chart in charts if "Octobre 2026, Sauvegarde quotidienne" in chart)
    assert "29 atteints (1–13, 16–31)" in html.unescape(october).replace("\u00a0", " ")
    assert "2 non atteints (14–15)" in html.unescape(october).replace("\u00a0", " ")
    assert re.search(r"Octobre 2026 29 \(1–13, 16–31\) 0 2 \(14–15\)", words(page))


def test_rates_are_cut_and_counts_come_first(report: Report) -> None:
    text = words(render(report))
    assert "89 jours sur 92 (96,7 %), une sauvegarde assez récente était présente hors site" in text  # 96.739…
    assert "97,8 %" in text  # 90 of 92 is 97.826…
    assert "96,8 %" not in text


def test_the_first_page_says_how_many_targets_stand_how(report: Report) -> None:
    text = words(render(report))
    assert (
        "Des 19 objectifs évalués ce trimestre, 7 sont atteints, 5 ne le sont pas et 1 relève d'un risque accepté ;"
        " pour 6, les preuves manquent." in text
    )


def test_it_says_what_it_cannot_prove_and_how_to_verify_the_rest(report: Report) -> None:
    text = words(render(report))
    for said in (
        "Ce que le logiciel de mesure a enregistré à tort le jour même",
        "ce silence ne vaut pas conformité",
        "augmenté de la tolérance d'exécution (2 h)",
        "Environ douze mois",
        report.proof.fingerprint,
        report.csv_sha256,
        "sha256sum et openssl seuls",
        "8.13 sauvegarde des informations",
        "37 politique de sauvegarde",
    ):
        assert said in text
    assert "manquement" not in text.replace("ne qualifie aucun manquement", "")


def test_a_report_for_everybody_names_nobody(report: Report) -> None:
    full, public = words(render(report)), words(render(report, public=True))
    assert [name for name in NAMES if name not in full] == []
    assert [name for name in NAMES if name in public] == []
    assert "sauvegarde 1" in public
    assert "Annexe E" not in public
    assert "Syndicat Mixte du SCOT de l'Arrageois" in public
    assert re.findall(r"\d+ jours sur \d+", full) == re.findall(r"\d+ jours sur \d+", public)


def test_a_provisional_report_says_so(material: Material) -> None:
    from datetime import date

    text = words(render(build(replace(material, today=date(2026, 11, 1)), None)))
    assert "Rapport provisoire." in text
    assert "du 1er au 31 octobre 2026" in text


def test_a_demonstration_says_that_places_were_believed(material: Material) -> None:
    report = build(replace(material, heading=replace(material.heading, demonstration=True)), None)
    assert "le site de chaque copie est cru sur parole" in words(render(report))


def test_a_later_edition_says_what_it_changes(report: Report) -> None:
    from datetime import date

    change = EditionChange(
        said=Words(fr="", en=""),
        target="backup-rpo",
        subject="mail",
        first=date(2026, 11, 3),
        last=date(2026, 11, 3),
        before=State.UNPROVEN,
        after=State.MET,
    )
    amended = EditionChange(said=Words(fr="Inscription incident-2 modifiée", en="Entry incident-2 amended"))
    text = words(render(replace(report, edition=2, changes=(change, amended))))
    assert "Sauvegarde quotidienne, mail, le 3 novembre 2026 : non démontré devient atteint." in text
    assert "Inscription incident-2 modifiée." in text


WRITTEN = ("title", "reason", "person", "by", "author", "delay_reason", "accounts", "accepted_by")
HOSTILE = "</td><script>alert(1)</script>\"'&\x1b[2J\u202e" + "x" * 300


def test_nothing_that_was_entered_becomes_markup(material: Material) -> None:
    entries = tuple(
        replace(
            entry,
            values={
                **entry.values,
                **{
                    key: HOSTILE
                    for key in entry.values
                    if key in ("title", "reason", "person", "by", "author", "delay_reason")
                },
            },
        )
        for entry in material.entries
    )
    made = replace(
        material,
        entries=entries,
        heading=replace(material.heading, name=HOSTILE, provider=HOSTILE, reference=HOSTILE),
        hosts=((HOSTILE, HOSTILE, HOSTILE),),
    )
    for public in (False, True):
        page = render(build(made, 1), public=public)
        tags(page)
        assert "<script" not in page
        assert "\x1b" not in page
        assert "\u202e" not in page


def test_no_term_is_set_for_contesting_a_figure(report: Report) -> None:
    for language in ("fr", "en"):
        said = words(render(report, language=language))
        [contest] = re.findall(r"(?:Un chiffre se conteste|A figure is contested)[^.]*\.", said)
        assert not re.search(r"\d|jours|days|trente|thirty", contest)


def test_what_was_entered_after_the_quarter_is_not_all_said_to_count(report: Report) -> None:
    late = RegisterEntry(
        id="acceptance-9",
        register="acceptance",
        beneficiary="scota",
        values={"target": "web-filtering", "subject": "malware", "author": "tech"},
        received_at=datetime(2027, 1, 5, tzinfo=PARIS),
    )
    made = replace(report, entries=(*report.entries, late))
    assert "ne change aucun jour du trimestre" in words(render(made))
    assert "changes no day of the quarter" in words(render(made, language="en"))


def test_the_first_page_says_whether_any_digest_was_sent(report: Report) -> None:
    none = {"fr": "Aucune empreinte de ce trimestre n'a été envoyée", "en": "No digest of this quarter was mailed"}
    for language in ("fr", "en"):
        [first] = re.findall(r'aria-labelledby="limites">.*?</section>', render(report, language=language), re.DOTALL)
        assert none[language] in words("<body>" + first)


def test_where_no_day_is_proven_for_all_it_is_said_what_lacks(report: Report) -> None:
    [one] = [one for one in report.targets if one.target == "endpoint-protection"]
    assert one.result is not None
    counted = zip(one.subjects, (Tally(met=92), Tally(unproven=92)), strict=True)
    subjects = tuple(replace(item, tally=own) for item, own in counted)
    result = replace(one.result, figures=replace(one.result.figures, tally=Tally(unproven=92)))
    made = replace(report, targets=(replace(one, subjects=subjects, result=result),))
    assert words(render(made)).count(
        "Aucun de ces 92 jours n'est démontré pour tout ce qui est suivi : les preuves manquent. Preuves manquantes"
        " pour : srv-2. Démontré chaque jour attendu pour : srv-1."
    ) == 2  # fmt: skip
    assert "srv-2" not in words(render(made, public=True))


def test_a_result_of_days_accepted_unseen_rests_on_nothing(report: Report) -> None:
    [one] = [one for one in report.targets if one.target == "endpoint-protection"]
    assert one.result is not None
    for measured, rests in ((Tally(unproven=92), False), (Tally(unproven=91, missed=1), True)):
        figures = replace(one.result.figures, tally=Tally(accepted=92), measured_tally=measured)
        made = replace(report, targets=(replace(one, result=replace(one.result, figures=figures)),))
        assert ("Ce résultat repose sur" in words(render(made))) is rests


def test_an_accepted_risk_is_never_said_to_be_proven(report: Report) -> None:
    """Each day of srv-1 is accepted, as where no one could look at it; only what is met is proven."""
    [one] = [one for one in report.targets if one.target == "endpoint-protection"]
    assert one.result is not None
    result = replace(one.result, figures=replace(one.result.figures, tally=Tally(unproven=92)))
    for own in (Tally(accepted=92), Tally(met=91, accepted=1), Tally(met=91, missed=1)):
        counted = zip(one.subjects, (own, Tally(unproven=92)), strict=True)
        subjects = tuple(replace(item, tally=tally) for item, tally in counted)
        text = words(render(replace(report, targets=(replace(one, subjects=subjects, result=result),))))
        assert "Preuves manquantes pour : srv-2." in text
        assert "Démontré chaque jour" not in text
