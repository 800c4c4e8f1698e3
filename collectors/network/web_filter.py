"""Web filter: whether the test address of each blocked category is refused where its control address opens.

Reads:  both addresses, asked for with python3 by the machine that `from` names: at most 10 redirects, 1 MiB and 20 s
Needs:  python3 on that machine; the proxy is the one of `proxy`, else of the account's own variables, else of
        /etc/environment and /etc/profile
Blind:  a proxy script (PAC) and what browsers alone are told are not read; a page that redirects by itself (refresh,
        script) is not followed; which filter refused is not seen, only that one of the declared forms came
"""

from collections.abc import Iterator

from agent.core.collecting.collector import Collector, Look
from agent.core.facts.web_pages import CONTROL, SAME, TRIAL, FetchOutcome, facts_of
from agent.core.inventory import WebFilter
from agent.core.model import Fact
from agent.hosts.web_fetch import fetch


def collect(category: WebFilter, look: Look) -> Iterator[Fact]:
    """Yield what came of the test address and of its control, one after the other."""
    host = look.host(category.from_host)
    trial = fetch(host, category.url, category.refused_as, look.timeout, category.proxy)
    control = fetch(host, category.control_url, category.refused_as, look.timeout, category.proxy)
    yield from facts_of(TRIAL, trial.fetched, category.id, look.now)
    yield from facts_of(CONTROL, control.fetched, category.id, look.now)
    # A gate that shows everyone its own page, such as a hotel's, opens both and shows nothing of the filter.
    if trial.address == control.address and trial.fetched.end is FetchOutcome.ANSWERED:
        yield Fact(name=SAME, subject=category.id, value=True, as_of=look.now)


COLLECTOR = Collector(
    name="web_filter",
    schedule="network",
    looks_at=WebFilter,
    collect=collect,
    subject_of=lambda category: category.id,
    host_of=lambda category: category.from_host,
)
