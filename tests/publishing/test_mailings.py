"""Reports and heads to the beneficiaries: once each, over outages and restarts, and no one another's."""

import base64
import hashlib
import io
import logging
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent.alert import enclosed
from agent.alert.outbox import Outbox
from agent.alert.sending import Undelivered, hand_over
from agent.config.load import load
from agent.config.settings import AlertSettings, Configuration, Mail
from agent.core.model import State
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.ledger import mailed
from agent.ledger.editions import folder_of, read
from agent.publishing import mailings
from agent.publishing.edition_files import DAYS, ENGLISH_PAGE, PAGE
from agent.publishing.publisher import Publisher, ended
from agent.publishing.reports import ReportRequest, published
from tests.parts.mailbox import DEFER_ONE, LATER, REFUSE, TAKE, UNKNOWN, Mailbox, mailbox
from tests.parts.one_language import foreign
from tests.parts.ports import free_port
from tests.report.year import RPO, Year, copied, no_pdfs, noon, row, year

pytestmark = pytest.mark.network

Q4 = Quarter(2026, 4)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a ledger with some days of December."""
    folder = tmp_path_factory.mktemp("december")
    with year(folder, first=date(2026, 12, 28), loaded=date(2026, 12, 28)):
        return folder


@pytest.fixture
def made(december: Path, tmp_path: Path) -> Iterator[Year]:
    """Open a ledger of its own for each test."""
    with copied(december, tmp_path) as filled:
        yield filled


def configured(made: Year, relay: str | None, **mail: tuple[str, ...]) -> Configuration:
    """Return the configuration with a relay, and each beneficiary's addresses."""
    inventory = made.configuration.inventory
    readers = tuple(replace(one, mail=mail.get(one.id, ())) for one in inventory.beneficiaries)
    alert = (
        AlertSettings()
        if relay is None
        else AlertSettings(mail=Mail(to=("x@y.fr",), smtp=relay, sender="beffroi@example.fr"))
    )
    return replace(made.configuration, alert=alert, inventory=replace(inventory, beneficiaries=readers))


def turn(made: Year, configuration: Configuration) -> datetime | None:
    """Let the daemon look once, in a process that knows nothing of the one before it."""
    publisher = Publisher(made.ledger, made.clock, no_pdfs)
    publisher.look(configuration)
    publisher.wait(60)
    return publisher.unmailed_since


def subjects(box: Mailbox) -> list[tuple[str, str]]:
    return [(letter["To"], letter["Subject"]) for letter in box.letters]


def files(letter: EmailMessage) -> dict[str, bytes]:
    """Return what is enclosed, as it was before it was written as text."""
    return {str(part.get_filename()): base64.b64decode(str(part.get_payload())) for part in letter.iter_attachments()}


REPORT = ("a@scota.fr, b@scota.fr", "Rapport trimestriel de sécurité informatique, 4e trimestre 2026, édition 1")
HEADS = ("a@scota.fr, b@scota.fr", "Empreintes journalières des preuves, décembre 2026")
ADDRESSES = ("a@scota.fr", "b@scota.fr")


def test_on_the_eighth_day_the_report_goes_out_once_and_the_heads_when_the_month_is_over(made: Year) -> None:
    made.clock.time = noon(date(2027, 1, 1))
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        turn(made, own)
        assert subjects(box) == [HEADS]
        for day in range(2, 12):
            made.clock.time = noon(date(2027, 1, day))
            assert turn(made, own) is None
            assert subjects(box) == [HEADS] + ([REPORT] if day >= 8 else [])


def test_what_is_enclosed_is_what_was_published(made: Year) -> None:
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    report = box.letters[1]
    (edition,) = made.ledger.ask(lambda kept: read(kept, "scota"))
    enclosed_files = files(report)
    endings = (".html", ".csv", "-figures.json", "-evidence.zip")
    assert list(enclosed_files) == [f"beffroi-scota-2026-Q4{end}" for end in endings]
    digests = [hashlib.sha256(content).hexdigest() for content in enclosed_files.values()]
    assert digests == [edition.files[name] for name in ("report.html", "days.csv", "figures.json", "evidence.zip")]
    body = report.get_body()
    assert isinstance(body, EmailMessage)
    said = body.get_content()
    assert all(digest in said for digest in digests)
    assert "SHA256:" in said
    assert (report["Auto-Submitted"], report["From"]) == ("auto-generated", "beffroi@example.fr")


def test_the_heads_of_a_month_are_those_of_the_ledger_and_of_the_bundle(made: Year) -> None:
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    heads, report = box.letters
    (name, content), (checkpoint, note) = files(heads).items()
    assert (name, checkpoint) == ("beffroi-heads-2026-12.txt", "beffroi-checkpoint-2026-12.txt")
    newest = made.ledger.newest_checkpoint()
    assert newest is not None
    assert note.decode() == newest.note
    key, *lines = content.decode().splitlines()
    own = [head for head in made.ledger.heads() if head.day.startswith("2026-12-")]
    assert lines == [line for one in own for line in (one.statement.strip(), f"# signature {one.signature}")]
    assert key == f"# key {own[0].fingerprint}"
    body = heads.get_body()
    assert isinstance(body, EmailMessage)
    assert f"Journées signées : {len(own)} sur 31." in body.get_content()
    with zipfile.ZipFile(io.BytesIO(files(report)["beffroi-scota-2026-Q4-evidence.zip"])) as bundle:
        shown = " ".join(bundle.read(one).decode("latin-1") for one in bundle.namelist())
    assert all(head.head in shown for head in own)


@pytest.mark.programs
def test_the_command_in_the_letter_holds_a_bundle_to_the_heads(made: Year, tmp_path: Path) -> None:
    """It counts the days that agree, so that nothing compared is no agreement, and prints any other head."""
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    heads, report = box.letters
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(files(report)["beffroi-scota-2026-Q4-evidence.zip"])) as bundle:
        bundle.extractall(folder)
    (name, content), _ = files(heads).items()
    (folder / name).write_bytes(content)
    body = heads.get_body()
    assert isinstance(body, EmailMessage)
    (command,) = re.findall(r"^    (grep .*?)\r?$", body.get_content(), re.MULTILINE)

    def said() -> list[bytes]:
        # grep ends with 1 where it has nothing to print; a file that is not there would be told on standard error.
        ran = subprocess.run(command, shell=True, cwd=folder, capture_output=True, check=False, timeout=30)
        assert ran.stderr == b""
        return [line.strip() for line in ran.stdout.splitlines()]

    assert said() == [b"4 ok"]
    proofs = folder / "proofs.txt"
    (head,) = re.findall(rb'"day":"2026-12-30","head":"([0-9a-f]{64})"', proofs.read_bytes())
    proofs.write_bytes(proofs.read_bytes().replace(head, b"0" * 64))
    assert said() == [b"1 " + b"0" * 64, b"3 ok"]
    proofs.write_bytes(b"")
    assert said() == []


def test_a_beneficiary_never_gets_what_is_another_s(made: Year) -> None:
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=("a@scota.fr",), eaux=("c@eaux.fr",)))
    assert {(letter["To"], name) for letter in box.letters for name in files(letter)} == {
        *(
            (to, f"beffroi-{what}-2026-12.txt")
            for to in ("a@scota.fr", "c@eaux.fr")
            for what in ("heads", "checkpoint")
        ),
        *(("a@scota.fr", f"beffroi-scota-2026-Q4{end}") for end in (".html", ".csv", "-figures.json", "-evidence.zip")),
        *(("c@eaux.fr", f"beffroi-eaux-2026-Q4{end}") for end in (".html", ".csv", "-figures.json", "-evidence.zip")),
    }
    for letter in box.letters:
        if letter["To"] == "c@eaux.fr":
            assert not any(b"Panne de la baie" in content or b"srv-2" in content for content in files(letter).values())


def test_a_letter_that_holds_another_s_files_is_not_sent(made: Year) -> None:
    """Whatever has been written into the outbox."""
    outbox = Outbox(made.configuration.agent.state_directory)
    with mailbox() as box:
        own = configured(made, f"smtp://127.0.0.1:{free_port()}", scota=ADDRESSES, eaux=("c@eaux.fr",))
        turn(made, own)
        delivery = outbox.next_for(mailings.receiver("scota", mailed.REPORTS), made.clock.now() + 2 * HOUR)
        assert delivery is not None
        with pytest.raises(Undelivered, match="another beneficiary's"):
            enclosed.send(delivery, "eaux", configured(made, box.relay, eaux=("c@eaux.fr",)))
    assert box.letters == []


def test_nobody_is_mailed_who_gave_no_address(made: Year) -> None:
    with mailbox() as box:
        assert turn(made, configured(made, box.relay)) is None
    assert box.connections == 0


@pytest.mark.parametrize("how", [REFUSE, LATER])
def test_a_relay_that_does_not_take_it_is_asked_again_until_it_does_and_over_restarts(
    made: Year, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    failing = [True]
    with mailbox(lambda number: how if failing[0] else TAKE) as box, caplog.at_level(logging.ERROR, "beffroi.mail"):
        own = configured(made, box.relay, scota=ADDRESSES)
        for _ in range(5):
            turn(made, own)
            made.clock.time += 2 * HOUR
        assert box.letters == []
        assert "mailing the report of scota failed: the relay" in caplog.text
        assert "a@scota.fr" not in caplog.text
        failing[0] = False
        for _ in range(3):
            turn(made, own)
            made.clock.time += 2 * HOUR
    assert subjects(box) == [HEADS, REPORT]


def test_a_mail_that_waits_for_more_than_a_day_is_a_trouble_of_the_agent(made: Year) -> None:
    down, asked = configured(made, f"smtp://127.0.0.1:{free_port()}", scota=ADDRESSES), made.clock.now()
    assert turn(made, down) is None
    made.clock.time += DAY + HOUR
    assert turn(made, down) == asked
    with mailbox() as box:
        assert turn(made, configured(made, box.relay, scota=ADDRESSES)) is not None  # not yet due again
        made.clock.time += 2 * HOUR
        assert turn(made, configured(made, box.relay, scota=ADDRESSES)) is None
    assert subjects(box) == [HEADS, REPORT]


def test_an_address_without_a_relay_waits_for_one(made: Year, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "beffroi.mail"):
        turn(made, configured(made, None, scota=ADDRESSES))
    assert "no relay is configured: [alert] mail" in caplog.text
    made.clock.time += 2 * HOUR
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    assert subjects(box) == [HEADS, REPORT]


def test_a_report_that_a_relay_never_takes_holds_up_no_head(made: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_report(letter: EmailMessage, alert: AlertSettings, deadline: timedelta, whole: timedelta) -> None:
        if "Rapport" in letter["Subject"]:
            raise Undelivered("the relay answered 552")
        hand_over(letter, alert, deadline, whole)

    monkeypatch.setattr(enclosed, "hand_over", no_report)
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        turn(made, own)
        made.clock.time = noon(date(2027, 2, 2))
        made.ledger.sign_heads(made.clock.now())
        turn(made, own)
    assert [subject for _, subject in subjects(box)] == [
        HEADS[1],
        "Empreintes journalières des preuves, janvier 2027",
    ]


def test_an_address_that_a_relay_defers_gets_its_report_later(made: Year) -> None:
    how = DEFER_ONE
    with mailbox(lambda number: how) as box:
        own = configured(made, box.relay, scota=("a@example.fr", UNKNOWN.decode()))
        turn(made, own)
        how = TAKE
        made.clock.time += 2 * HOUR
        turn(made, own)
    assert [letter["To"] for letter in box.letters if letter["Subject"] == REPORT[1]] == [
        f"a@example.fr, {UNKNOWN.decode()}",
        UNKNOWN.decode(),
    ]


def corrected(made: Year, own: Configuration, *, to_mail: bool) -> None:
    met = (State.MET, State.MET, Reason.WITHIN_LIMIT)
    made.ledger.keep_days([row(RPO, date(2026, 12, 23), met, made.clock.now(), late=True)])
    wish = ReportRequest(quarter=Q4, beneficiary="scota", edition=2, to_mail=to_mail)
    with published(own, made.ledger, wish, made.clock.now()):
        pass


@pytest.mark.parametrize("to_mail", [True, False])
def test_a_correction_is_mailed_where_that_was_asked_for(made: Year, to_mail: bool) -> None:
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        turn(made, own)
        corrected(made, own, to_mail=to_mail)
        turn(made, own)
    sent = [subject for _, subject in subjects(box) if "4e trimestre" in subject]
    assert sent == [REPORT[1], REPORT[1].replace("édition 1", "édition 2")][: 2 if to_mail else 1]


def test_an_edition_that_was_made_by_hand_is_not_mailed_by_itself(made: Year) -> None:
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        with published(own, made.ledger, ReportRequest(quarter=Q4, beneficiary="scota"), made.clock.now()):
            pass
        turn(made, own)
        assert subjects(box) == [HEADS]
        (edition,) = made.ledger.ask(lambda kept: read(kept, "scota"))
        (reader,) = (one for one in own.inventory.beneficiaries if one.id == "scota")
        outbox = Outbox(own.agent.state_directory)
        kept = [
            mailings.keep_report(own, made.ledger, outbox, reader, edition, made.clock.now(), english=False)
            for _ in range(2)
        ]
        turn(made, own)
    assert kept == [True, False]
    assert subjects(box) == [HEADS, REPORT]


def test_what_was_mailed_is_in_the_ledger_with_its_addresses(made: Year) -> None:
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    letters = made.ledger.ask(lambda kept: mailed.read(kept, "scota"))
    assert [one.name for one in letters] == ["report scota 2026-Q4 1", "heads scota 2026-12"]
    assert {one.addresses for one in letters} == {ADDRESSES}
    assert set(letters[0].files) >= {"report.html", "days.csv"}


def test_a_restored_ledger_sends_nothing_again(made: Year) -> None:
    """The outbox is gone; the ledger still says what was mailed."""
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        turn(made, own)
        for file in own.agent.state_directory.glob("alerts.sqlite*"):
            file.unlink()
        turn(made, own)
    assert subjects(box) == [HEADS, REPORT]


def test_a_letter_that_only_the_outbox_knows_is_noted_and_not_sent_twice(made: Year) -> None:
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        outbox = Outbox(own.agent.state_directory)
        outbox.put_once("heads scota 2026-12", [], made.clock.now())
        turn(made, own)
        turn(made, own)
    assert subjects(box) == [REPORT]
    names = [one.name for one in made.ledger.ask(lambda kept: mailed.read(kept, "scota"))]
    assert sorted(names) == ["heads scota 2026-12", "report scota 2026-Q4 1"]


def test_a_report_of_long_ago_is_no_news_to_an_address_given_today(made: Year) -> None:
    turn(made, configured(made, None))
    made.clock.time = noon(date(2027, 6, 2))
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    assert [subject for _, subject in subjects(box)] == [
        "Empreintes journalières des preuves, mai 2027",
        "Rapport trimestriel de sécurité informatique, 1er trimestre 2027, édition 1",
    ]


def test_a_month_without_a_signed_day_says_so(made: Year) -> None:
    made.clock.time = noon(date(2027, 6, 2))
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    body = box.letters[0].get_body()
    assert isinstance(body, EmailMessage)
    assert "Aucune journée de ce mois n'est signée" in " ".join(body.get_content().split())


def test_months_that_passed_while_the_agent_was_off_are_mailed_in_order(made: Year) -> None:
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        turn(made, own)
        made.clock.time = noon(date(2027, 4, 1))
        turn(made, own)
    sent = [subject.rpartition(", ")[2] for _, subject in subjects(box) if subject.startswith("Empreintes")]
    assert sent == ["décembre 2026", "janvier 2027", "février 2027", "mars 2027"]


def test_a_published_file_that_was_changed_is_never_mailed(made: Year, caplog: pytest.LogCaptureFixture) -> None:
    own = configured(made, f"smtp://127.0.0.1:{free_port()}", scota=ADDRESSES)
    turn(made, own)
    (edition,) = made.ledger.ask(lambda kept: read(kept, "scota"))
    page = folder_of(own.agent.state_directory, edition) / PAGE
    page.write_bytes(page.read_bytes().replace(b"non atteint", b"atteint"))
    made.clock.time += 2 * HOUR
    with mailbox() as box, caplog.at_level(logging.ERROR, "beffroi.mail"):
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    assert subjects(box) == [HEADS]
    assert "differs from the published file" in caplog.text


def test_evidence_that_no_mail_can_carry_is_left_out_and_told(made: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    turn(made, configured(made, None))
    (edition,) = made.ledger.ask(lambda kept: read(kept, "scota"))
    folder = folder_of(made.configuration.agent.state_directory, edition)
    monkeypatch.setattr(enclosed, "LARGEST", sum((folder / name).stat().st_size for name in (PAGE, DAYS)))
    with mailbox() as box:
        turn(made, configured(made, box.relay, scota=ADDRESSES))
    report = box.letters[-1]
    assert list(files(report)) == ["beffroi-scota-2026-Q4.html", "beffroi-scota-2026-Q4.csv"]
    body = report.get_body()
    assert isinstance(body, EmailMessage)
    assert "beffroi-scota-2026-Q4-evidence.zip n'est pas joint" in body.get_content()


def test_in_english_where_the_agent_speaks_it(made: Year) -> None:
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        turn(made, replace(own, agent=replace(own.agent, language="en")))
    assert [subject for _, subject in subjects(box)] == [
        "Daily digests of the evidence, December 2026",
        "Quarterly IT security report, quarter 4 of 2026, edition 1",
    ]
    (edition,) = made.ledger.ask(lambda kept: read(kept, "scota"))
    enclosed_files = files(box.letters[1])
    translation = enclosed_files["beffroi-scota-2026-Q4-en.html"]
    assert hashlib.sha256(translation).hexdigest() == edition.files[ENGLISH_PAGE]
    assert b'<html lang="en">' in translation
    assert b'<html lang="fr">' in enclosed_files["beffroi-scota-2026-Q4.html"]
    body = box.letters[1].get_body()
    assert isinstance(body, EmailMessage)
    said = body.get_content()
    assert edition.files[ENGLISH_PAGE] in said
    assert foreign(said, "en", ("Syndicat Mixte du SCOT de l'Arrageois",)) == []


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2027, 1, 7), None), (date(2027, 1, 8), Q4), (date(2027, 3, 31), Q4), (date(2027, 4, 1), None)],
)
def test_a_quarter_is_ended_from_its_eighth_day_after_on(made: Year, day: date, quarter: Quarter | None) -> None:
    assert ended(made.configuration, noon(day)) == quarter


def test_the_address_is_read_from_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        '[[beneficiary]]\nid = "scota"\nmail = ["a@scota.fr"]\n[[host]]\nid = "srv-1"\ntransport = "local"\n'
        'site = "arras"\nbeneficiaries = ["scota"]\n'
    )
    (reader,) = load(tmp_path / "x.toml", strict=False).inventory.beneficiaries
    assert reader.mail == ("a@scota.fr",)


def test_months_are_named_by_the_clock_of_utc_which_closes_their_days(made: Year) -> None:
    """Half an hour after midnight in Paris the last day of the month is still open: its head is not there yet."""
    with mailbox() as box:
        own = configured(made, box.relay, scota=ADDRESSES)
        made.clock.time = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        turn(made, own)
        assert subjects(box) == []
        made.clock.time = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
        turn(made, own)
    assert [subject for _, subject in subjects(box)] == [HEADS[1]]
