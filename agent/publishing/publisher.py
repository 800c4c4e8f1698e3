"""Publish and mail each beneficiary's quarterly report on the eighth day after the quarter.

Late evidence has seven days. Making a report takes seconds, so it has a thread of its own and the loop never waits.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from agent.accounting.recovery import LATE_DAYS
from agent.config.settings import Configuration, ReportSettings
from agent.core.clock import Clock
from agent.core.errors import BeffroiError, UsageError
from agent.core.period import Quarter, day_of
from agent.hosts.local import LocalHost
from agent.ledger import editions
from agent.ledger.ledger import Ledger
from agent.publishing import mailings
from agent.publishing.edition_files import ENGLISH_PAGE, PAGE
from agent.publishing.pdf_pages import MakePdf, PdfMaker, made_apart
from agent.report.begun import begun_on

if TYPE_CHECKING:
    from agent.publishing.reports import ReadMaterial, ReportRequest

log = logging.getLogger("beffroi.report")

MakePdfs = Callable[[ReportSettings, datetime], MakePdf]
AFTER = timedelta(days=LATE_DAYS + 1)


def due(configuration: Configuration, ledger: Ledger, now: datetime) -> Iterator["ReportRequest"]:
    """Yield the reports on the quarter before this one that are due and were not published yet.

    None of a quarter in which nothing watched yet: a `starts` before the first load makes no report.
    """
    quarter = ended(configuration, now)
    if quarter is None:
        return
    missing = []
    for beneficiary in configuration.inventory.beneficiaries:
        known = ledger.ask(partial(editions.read, beneficiary=beneficiary.id))
        if not any(edition.quarter == str(quarter) for edition in known):
            missing.append(beneficiary.id)
    begun = begun_on(ledger.written_loads(), configuration.convention.starts) if missing else None
    if begun is None or quarter.last < begun:
        return
    # Loaded for the few days of a year on which a report is due: some 5 MB of a daemon that has none to make.
    from agent.publishing.reports import ReportRequest

    for id in missing:
        yield ReportRequest(quarter=quarter, beneficiary=id, to_mail=True)


def ended(configuration: Configuration, now: datetime) -> Quarter | None:
    """Return the quarter before this one from its eighth day after on; None: late evidence may still come for it."""
    today = day_of(now)
    quarter = Quarter.of(Quarter.of(today).first - timedelta(days=1))
    return None if today < quarter.last + AFTER else quarter


class Publisher:
    """Publish what is due, one at a time; `look` returns at once."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        pdfs: MakePdfs | None = None,
        fleet: Callable[[Configuration], AbstractContextManager["ReadMaterial"]] | None = None,
    ) -> None:
        """Prepare; `pdfs` returns what makes PDFs, left out: a process of its own for each.

        `fleet`, at a centre, opens what reads the material of reports; `ledger` is then the centre's own.
        """
        self._ledger = ledger
        self._fleet = fleet
        self._clock = clock
        self._pdfs = pdfs or partial(made_apart, LocalHost("agent"))
        self._thread: threading.Thread | None = None
        self._unmailed_since: datetime | None = None

    @property
    def unmailed_since(self) -> datetime | None:
        """Return since when a letter to a beneficiary waits for longer than it should; None: none does."""
        return self._unmailed_since

    def look(self, configuration: Configuration) -> None:
        """Begin to publish what is due, unless the last time still goes on; the ledger is read in that thread too."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._look, args=(configuration,), daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for what was begun, so long at the most."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _look(self, configuration: Configuration) -> None:
        try:
            wishes = tuple(due(configuration, self._ledger, self._clock.now()))
        except BeffroiError as error:
            log.error("reports that are due cannot be determined: %s", error.message)
            return
        with nullcontext() if self._fleet is None or not wishes else self._fleet(configuration) as reading:
            for wish in wishes:
                self._publish(configuration, wish, reading)
        self._mail(configuration)

    def _mail(self, configuration: Configuration) -> None:
        try:
            newest = ended(configuration, self._clock.now())
            # The heads that show a later change are those of the agents.
            has_heads = self._fleet is None
            self._unmailed_since = mailings.look(configuration, self._ledger, self._clock, newest, heads=has_heads)
        except BeffroiError as error:
            log.error("mails that are due cannot be determined: %s", error.message)
        except Exception:
            # Whatever it is, it costs this turn's mails; the loop looks again in an hour.
            log.exception("mailing failed; next attempt in one hour")

    def _publish(
        self, configuration: Configuration, wish: "ReportRequest", reading: "ReadMaterial | None" = None
    ) -> None:
        from agent.publishing.reports import published

        now = self._clock.now()
        english = (ENGLISH_PAGE,) if configuration.agent.language == "en" else ()
        pdf = PdfMaker(pages=(PAGE, *english), make=self._pdfs(configuration.report, now))
        try:
            with published(configuration, self._ledger, replace(wish, pdf=pdf), now, reading) as made:
                log.info("report of %s for %s published as edition %s", made.quarter, made.beneficiary, made.edition)
        except UsageError as error:
            log.debug("no report of %s for %s: %s", wish.quarter, wish.beneficiary, error.message)
        except BeffroiError as error:
            log.error("the report of %s for %s: %s", wish.quarter, wish.beneficiary, error.message)
        except Exception:
            # Whatever it is, it costs this report; the loop looks again in an hour.
            log.exception("the report of %s for %s failed; next attempt in one hour", wish.quarter, wish.beneficiary)
