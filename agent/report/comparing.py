"""Compare a report's table of days with what Prometheus heard. What could not be asked costs the comparison alone."""

from collections.abc import Callable
from datetime import date, timedelta

from agent.core.period import PARIS
from agent.report import prometheus
from agent.report.crosscheck import PrometheusComparison, cross_check
from agent.report.csv_file import read
from agent.report.days import Span


def compare(
    asked: prometheus.PrometheusServer, beneficiary: str, table: str, run_allowance: Callable[[date], timedelta]
) -> PrometheusComparison:
    """Return what came of comparing a table of days. Takes up to a minute.

    `run_allowance` returns that of `backup-rpo` on a day.
    """
    days = tuple(read(table))
    try:
        span = Span(first=min(day for day, _, _ in days), last=max(day for day, _, _ in days)) if days else None
        heard = {} if span is None else prometheus.history(asked, beneficiary, span, PARIS)
    except prometheus.NoHistory as error:
        return PrometheusComparison(server=asked.name, found=None, failure=(error.message, f"hint: {error.hint}"))
    return PrometheusComparison(server=asked.name, found=cross_check(days, heard, run_allowance))
