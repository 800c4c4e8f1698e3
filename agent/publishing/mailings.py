"""Mail each beneficiary its published reports, and each month's signed heads with the newest checkpoint.

Each is kept in the outbox once, under a name of its own, and carried until a relay has taken it. The ledger holds what
was mailed to whom, so that one that was restored sends nothing again. A month whose heads left this machine cannot be
written anew any more.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from agent.alert import enclosed
from agent.alert.enclosed import Attachment
from agent.alert.message import Message
from agent.alert.outbox import KEPT_FOR, Outbox
from agent.alert.sending import Undelivered
from agent.config.settings import Configuration
from agent.core.clock import Clock
from agent.core.inventory import Beneficiary
from agent.core.period import ONE_DAY, Month, Quarter, day_of
from agent.ledger import editions, mailed
from agent.ledger.editions import Edition, folder_of
from agent.ledger.heads import Head
from agent.ledger.keys import verifier
from agent.ledger.ledger import Ledger, StoredCheckpoint
from agent.ledger.mailed import HEADS, REPORTS, Letter
from agent.publishing.edition_files import DAYS, ENGLISH_PAGE, EVIDENCE, FIGURES, PAGE
from agent.wording import mailing as words
from agent.wording.languages import Language

log = logging.getLogger("beffroi.mail")

MOST_MONTHS = 12
# A relay may have a bad day.
PATIENCE = timedelta(days=1)
_LEAVING = (
    (PAGE, ".html"),
    (ENGLISH_PAGE, "-en.html"),
    (DAYS, ".csv"),
    (FIGURES, "-figures.json"),
    (EVIDENCE, "-evidence.zip"),
)


def look(
    configuration: Configuration, ledger: Ledger, clock: Clock, newest: Quarter | None, *, heads: bool = True
) -> datetime | None:
    """Keep what is to be mailed, then carry what waits; return since when a letter waits too long. Raises LedgerError.

    `newest` is the quarter whose report is mailed without another of it having been; None: it is too early for one.
    `heads`: those of each month are mailed too.
    """
    readers = [one for one in configuration.inventory.beneficiaries if one.mail]
    if not readers:
        return None
    outbox = Outbox(configuration.agent.state_directory)
    for reader in readers:
        _note_letters_of(outbox, ledger, reader)
        _keep_reports(configuration, ledger, outbox, reader, newest, clock.now())
        if heads:
            _keep_heads(configuration, ledger, outbox, reader, clock.now())
    for reader in readers:
        for kind in (HEADS, REPORTS):
            while _carry(configuration, outbox, reader, kind, clock):
                pass
    outbox.forget(clock.now() - KEPT_FOR)
    since = outbox.waiting_since([receiver(reader.id, kind) for reader in readers for kind in (HEADS, REPORTS)])
    return since if since is not None and clock.now() - since > PATIENCE else None


def receiver(beneficiary: str, kind: str) -> str:
    """Return a receiver's name in the outbox: a report that a relay never takes holds up no head."""
    return f"beneficiary {kind} {beneficiary}"


def send_now(configuration: Configuration, reader: Beneficiary, clock: Clock) -> bool:
    """Try to send what waits of a beneficiary's reports; return whether nothing waits any more."""
    outbox = Outbox(configuration.agent.state_directory)
    while _carry(configuration, outbox, reader, REPORTS, clock):
        pass
    return outbox.waiting_since([receiver(reader.id, REPORTS)]) is None


def _carry(configuration: Configuration, outbox: Outbox, reader: Beneficiary, kind: str, clock: Clock) -> bool:
    """Send one letter that is due; return whether there may be another."""
    delivery = outbox.next_for(receiver(reader.id, kind), clock.now())
    if delivery is None:
        return False
    try:
        enclosed.send(delivery, reader.id, configuration)
    except Undelivered as error:
        if delivery.is_late(clock.now()):
            outbox.given_up(delivery, clock.now())
            log.error("mailing the %s of %s to all its addresses failed: %s; given up", kind, reader.id, error)
            return True
        if error.remaining:
            outbox.remains(delivery, error.remaining)
        outbox.failed(delivery, clock.now(), surely=error.surely, wait=error.wait)
        log.error("mailing the %s of %s failed: %s; it will be retried", kind, reader.id, error)
        return False
    outbox.delivered(delivery, clock.now())
    log.info("%s of %s mailed: %s", kind, reader.id, delivery.message.subject)
    return True


def _keep_reports(
    configuration: Configuration,
    ledger: Ledger,
    outbox: Outbox,
    reader: Beneficiary,
    newest: Quarter | None,
    now: datetime,
) -> None:
    known = _mailed(ledger, reader)
    for edition in ledger.ask(partial(editions.read, beneficiary=reader.id)):
        # A report of long ago is no news to an address given today.
        wanted = edition.to_mail is not False and edition.quarter == str(newest)
        if wanted and letter_name(edition) not in known:
            english = _language(configuration) == "en"
            keep_report(configuration, ledger, outbox, reader, edition, now, english=english)


def letter_name(edition: Edition) -> str:
    """Return the name that the letter with an edition has once."""
    return f"{REPORTS} {edition.beneficiary} {edition.quarter} {edition.number}"


def keep_report(
    configuration: Configuration,
    ledger: Ledger,
    outbox: Outbox,
    reader: Beneficiary,
    edition: Edition,
    now: datetime,
    *,
    english: bool,
) -> bool:
    """Put the letter with an edition into the outbox, unless it was before; return whether it was put there.

    `english`: the edition's English page is enclosed too, where it was published with one.
    """
    name = letter_name(edition)
    _note_letters_of(outbox, ledger, reader)
    if name in _mailed(ledger, reader):
        return False
    message = _report(configuration, reader, edition, english=english)
    outbox.put_once(name, [(receiver(reader.id, REPORTS), message)], now)
    ledger.keep_letter(Letter(name=name, beneficiary=reader.id, addresses=reader.mail, files=edition.files))
    return True


def _mailed(ledger: Ledger, reader: Beneficiary) -> set[str]:
    """Return the names of the letters that the ledger knows."""
    return {letter.name for letter in ledger.ask(partial(mailed.read, beneficiary=reader.id))}


def _note_letters_of(outbox: Outbox, ledger: Ledger, reader: Beneficiary) -> None:
    """Let the ledger take the letters that a process killed between the two has left in the outbox alone."""
    noted = _mailed(ledger, reader)
    for kind in (REPORTS, HEADS):
        for name in outbox.kept_once(f"{kind} {reader.id} "):
            if name not in noted:
                ledger.keep_letter(Letter(name=name, beneficiary=reader.id, addresses=reader.mail, files={}))


def _report(configuration: Configuration, reader: Beneficiary, edition: Edition, *, english: bool) -> Message:
    directory, language = configuration.agent.state_directory, _language(configuration)
    folder = folder_of(directory, edition)
    stem = f"beffroi-{reader.id}-{edition.quarter}"
    files = [
        Attachment(name=f"{stem}{ending}", path=str((folder / name).relative_to(directory)), sha256=edition.files[name])
        for name, ending in _LEAVING
        # One that an earlier version published has no figures; the translation is for who asks for English.
        if name in edition.files and (name != ENGLISH_PAGE or english)
    ]
    sizes = {one.name: _size(configuration, one) for one in files}
    left_out: list[Attachment] = []
    for one in reversed(files):  # the page is the last to be left out
        if sum(sizes[file.name] for file in files if file not in left_out) > enclosed.LARGEST:
            left_out.append(one)
    attached = words.listed([(one.name, one.sha256) for one in files])
    if english and language == "fr" and ENGLISH_PAGE in edition.files:
        attached += f"\n\n{words.TRANSLATED}"
    for one in left_out:
        told = words.LEFT_OUT.of(language).format(name=one.name, size=sizes[one.name] // 10**6)
        attached += f"\n\n{told}"
    quarter = words.quarter_named(Quarter.parse(edition.quarter), language)
    return Message(
        subject=words.REPORT.of(language).format(quarter=quarter, edition=edition.number),
        body=(words.REPORT_BODY if EVIDENCE in edition.files else words.FLEET_BODY)
        .of(language)
        .format(
            beneficiary=reader.name,
            quarter=quarter,
            edition=edition.number,
            attached=attached,
            evidence=files[-1].name,
            fingerprint=verifier(directory).fingerprint,
        ),
        document=enclosed.document(reader.id, [one for one in files if one not in left_out]),
    )


def _size(configuration: Configuration, file: Attachment) -> int:
    try:
        return (configuration.agent.state_directory / file.path).stat().st_size
    except OSError:
        return 0  # sending says what is amiss with it


def _keep_heads(
    configuration: Configuration, ledger: Ledger, outbox: Outbox, reader: Beneficiary, now: datetime
) -> None:
    loads = ledger.loads()
    if not loads:
        return
    before = f"{HEADS} {reader.id} "
    begun = Month.of(day_of(loads[0].at))
    known = tuple(sorted(name for name in _mailed(ledger, reader) if name.startswith(before)))
    for month in _months(known, now):
        name = f"{before}{month}"
        if month >= begun and name not in known:
            heads = [head for head in ledger.heads() if head.day.startswith(f"{month}-")]
            message = _heads(configuration, reader, month, heads, ledger.newest_checkpoint())
            outbox.put_once(name, [(receiver(reader.id, HEADS), message)], now)
            ledger.keep_letter(Letter(name=name, beneficiary=reader.id, addresses=reader.mail, files={}))


def _months(mailed: tuple[str, ...], now: datetime) -> Iterator[Month]:
    """Yield the months that are over and were not mailed: those after the last one that was, else the last one."""
    # A head closes a day of UTC, so that a month is over when it is in UTC.
    this = Month.of(now.date())
    last = Month.of(this.first - ONE_DAY)
    months = [last]
    while mailed and len(months) < MOST_MONTHS and str(months[-1]) > mailed[-1].rpartition(" ")[2]:
        months.append(Month.of(months[-1].first - ONE_DAY))
    yield from reversed(months)


def _heads(
    configuration: Configuration,
    reader: Beneficiary,
    month: Month,
    heads: list[Head],
    newest: StoredCheckpoint | None,
) -> Message:
    language = _language(configuration)
    named = words.month_named(month, language)
    fingerprint = verifier(configuration.agent.state_directory).fingerprint
    days = sum(1 for _ in month.days())
    told = words.SIGNED.of(language).format(count=len(heads), days=days) if heads else words.NONE_SIGNED.of(language)
    name = f"beffroi-heads-{month}.txt"
    # Each line that was signed stands as it is: its last word is the head that a bundle's leaf of that day has.
    text = "" if heads else f"# key {fingerprint}\n"
    for key, own in groupby(heads, key=lambda head: head.fingerprint):
        text += f"# key {key}\n" + "".join(f"{head.statement}# signature {head.signature}\n" for head in own)
    attached = [Attachment(name=name, text=text)]
    checkpoint = f"beffroi-checkpoint-{month}.txt"
    if newest is not None:
        attached.append(Attachment(name=checkpoint, text=newest.note))
    return Message(
        subject=words.HEADS.of(language).format(month=named),
        body=words.HEADS_BODY.of(language).format(
            month=named,
            beneficiary=reader.name,
            told=told,
            fingerprint=fingerprint,
            command=_comparing(month, name),
            checkpoint="" if newest is None else words.CHECKPOINT.of(language).format(name=checkpoint),
        ),
        document=enclosed.document(reader.id, attached),
    )


def _comparing(month: Month, name: str) -> str:
    """Return the command that counts the heads of a month in a bundle that a file of heads has, and prints others."""
    heads = f"""grep -oE '"day":"{month}-..","head":"[0-9a-f]{{64}}' proofs.txt | cut -d '"' -f 8"""
    held = f"""while read -r head; do grep -q "$head" {name} && echo ok || echo "$head"; done"""
    return f"{heads} | {held} | sort | uniq -c"


def _language(configuration: Configuration) -> Language:
    return "en" if configuration.agent.language == "en" else "fr"
