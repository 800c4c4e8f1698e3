"""Antivirus or EDR: whether it runs, acts, is fresh and detects, each on its own.

Reads:  which products are installed; of ClamAV, clamd's VERSION and its answer to the EICAR string, at its socket, and
        the headers of daily.* on disk; of Microsoft Defender, mdatp health --output json; of the Wazuh agent, its
        wazuh-agentd.state; of a machine that only a console sees, that console's export ([[export]])
Needs:  the right to use clamd's socket (on Debian everyone has it); python3, socat or netcat-openbsd where clamd
        runs; for Wazuh, the group wazuh; for Defender, nothing on most builds
Blind:  CrowdStrike, SentinelOne, HarfangLab, Kaspersky, WithSecure, Cortex, Bitdefender, ESET, Sophos, Trend Micro,
        Elastic, Trellix, Carbon Black and FortiEDR are found and not read, those of other makers not even found;
        Defender and Wazuh cannot be tried without writing a test file, so that their detection is not proven; what
        clamd and clamonacc are told to leave out, and what a Wazuh console's policies make of its agent, are not seen
"""

from collections.abc import Callable, Iterable, Iterator

from agent.core.collecting.collector import Collector, Look
from agent.core.errors import LookError
from agent.core.facts.protection import Protection, facts_of
from agent.core.inventory import DeclaredHost
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from collectors.antivirus import clamav, console, defender, wazuh
from collectors.antivirus.installed import InstalledProducts, installed_on


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact | Gap]:
    """Yield what protects one machine; nothing at all where nothing does."""
    export = machine.antivirus.export
    if export is not None:
        for told in console.look_at(machine, export, look):
            yield from facts_of(told, machine.id, look.now)
        return
    installed = installed_on(look.host(machine.id), look.timeout)
    for name in wanted(machine, installed):
        try:
            for seen in PRODUCTS[name](machine, installed, look):
                yield from (seen,) if isinstance(seen, Gap) else facts_of(seen, machine.id, look.now)
        except LookError as error:
            # Another product may be there and well; what this one is stays unknown.
            yield Gap(subject=f"{machine.id}/{name}", reason=error.reason, detail=error.detail)
    if machine.antivirus.product is None:
        for name in installed.unread:
            detail = f"{name} is installed on {machine.id}, and this version does not read it"
            yield Gap(subject=f"{machine.id}/other", reason=Reason.UNREADABLE, detail=detail)


def wanted(machine: DeclaredHost, installed: InstalledProducts) -> tuple[str, ...]:
    """Return the products to look at: the declared one, else those that are there.

    A Wazuh agent beside an antivirus is not asked: it has no signatures, and being well says nothing of theirs.
    """
    declared = machine.antivirus
    if declared.product is not None:
        there = {"clamav": installed.clamav, "defender": installed.defender, "wazuh": installed.wazuh}
        return (declared.product,) if there[declared.product] or declared.socket is not None else ()
    if declared.socket is not None:
        return (clamav.PRODUCT,)
    found = [name for name, there in (("clamav", installed.clamav), ("defender", installed.defender)) if there]
    return tuple(found) or ((wazuh.PRODUCT,) if installed.wazuh else ())


def _defender(machine: DeclaredHost, _installed: InstalledProducts, look: Look) -> Iterator[Protection]:
    yield defender.look_at(look.host(machine.id), look.now, look.timeout)


def _wazuh(machine: DeclaredHost, _installed: InstalledProducts, look: Look) -> Iterator[Protection]:
    yield wazuh.look_at(look.host(machine.id), look.timeout)


PRODUCTS: dict[str, Callable[[DeclaredHost, InstalledProducts, Look], Iterable[Protection | Gap]]] = {
    clamav.PRODUCT: clamav.look_at,
    defender.PRODUCT: _defender,
    wazuh.PRODUCT: _wazuh,
}

COLLECTOR = Collector(
    name="antivirus",
    schedule="antivirus",
    looks_at=DeclaredHost,
    collect=collect,
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
    collect_word="antivirus",
)
