"""The alerts of a fleet's centre: on agents and on the centre itself, since each agent rings for its own subjects."""

from collections.abc import Iterator
from datetime import timedelta

from agent.core.alert_state import Severity
from agent.core.reason import Reason
from agent.rules.agent_alerts import watchdog
from agent.rules.alert import AGENT, GONE_FOR, SILENT_FOR, Alert
from agent.wording.languages import Words

HEARTBEAT_OLD = timedelta(minutes=15)
# What was asked once, and answered at the next round, is no fault.
SETTLED = timedelta(minutes=5)
# An agent whose configuration is being changed declares a host within the hour.
DECLARED_WITHIN = timedelta(hours=1)
CENTRE = "centre"
_OF_CENTRE = {"target": AGENT, "subject": CENTRE, "cause": CENTRE}
_OF_AGENT = {"target": AGENT, "subject": "{{ $labels.agent }}", "cause": "{{ $labels.agent }}"}
_OF_HOST = {"target": AGENT, "subject": "{{ $labels.host }}", "cause": "{{ $labels.host }}"}
_LAST_ROW = "beffroi_agent_last_row_timestamp_seconds"


def fleet_alerts(health: str) -> Iterator[Alert]:
    """Yield them; `health` is the command that asks the centre for its health."""
    yield watchdog()
    yield from _centre(health)
    yield from _agents()
    yield from _hosts()


def _centre(health: str) -> Iterator[Alert]:
    yield Alert(
        name="BeffroiCentreGone",
        expression='up{job="beffroi"} == 0 or absent(up{job="beffroi"})',
        wait=GONE_FOR,
        severity=Severity.PAGE,
        labels=_OF_CENTRE,
        summary=Words(fr="Le centre de la flotte ne répond plus", en="The centre of the fleet does not answer"),
        description=Words(
            fr="Le centre de la flotte ne répond plus à Prometheus : le silence d'un agent ne se verrait plus. Les "
            "agents continuent seuls, leurs propres alertes aussi. Confirmer : systemctl status beffroi-centre ; que "
            "faire : beffroi explain centre-gone.",
            en="The centre of the fleet does not answer Prometheus: an agent's silence would not be seen any more. The "
            "agents go on alone, and so do their own alerts. Confirm: systemctl status beffroi-centre; what to do: "
            "beffroi explain centre-gone.",
        ),
    )
    heartbeat = "beffroi_heartbeat_timestamp_seconds"
    yield Alert(
        name="BeffroiCentreBlind",
        # While the database is away no agent has a last row, and each is silent: one cause, one page.
        expression=f"time() - {heartbeat} > {HEARTBEAT_OLD.total_seconds():.0f} "
        f'or (count(beffroi_agent_state{{state="silent"}} == 1) > 0 and on () absent({_LAST_ROW}))',
        wait=SETTLED,
        keeps=SILENT_FOR,
        severity=Severity.PAGE,
        labels=_OF_CENTRE,
        summary=Words(fr="Le centre de la flotte ne voit plus rien", en="The centre of the fleet sees nothing"),
        description=Words(
            fr="Le centre n'a plus de réponse de la base de la flotte, ou ne l'interroge plus : tout y est compté "
            f"comme non démontré. Confirmer : {health}, puis sudo beffroi fleet status.",
            en="The centre has no answer from the fleet's database, or does not ask it any more: everything counts as "
            f"unproven there. Confirm: {health}, then sudo beffroi fleet status.",
        ),
    )


def _agents() -> Iterator[Alert]:
    yield Alert(
        name="BeffroiFleetAgentSilent",
        expression=f'(beffroi_agent_state{{state="silent"}} == 1 and on () (count({_LAST_ROW}) > 0)) '
        'or beffroi_agent_state{state="never"} == 1',
        wait=SETTLED,
        keeps=SILENT_FOR,
        severity=Severity.PAGE,
        labels=_OF_AGENT,
        summary=Words(fr="L'agent {{ $labels.agent }} est silencieux", en="The agent {{ $labels.agent }} is silent"),
        description=Words(
            fr="Plus aucune ligne récente de l'agent {{ $labels.agent }} n'arrive au centre : tout ce qu'il surveille "
            "y est compté comme non démontré. Confirmer : sudo beffroi fleet status.",
            en="No recent row of the agent {{ $labels.agent }} reaches the centre: all that it watches counts as "
            "unproven there. Confirm: sudo beffroi fleet status.",
        ),
    )
    yield Alert(
        name="BeffroiFleetAgentRefused",
        expression='beffroi_agent_state{state="refused"} == 1',
        # Another program that holds the centre's own copy for a moment refuses its rows as well.
        wait=SETTLED,
        keeps=SILENT_FOR,
        severity=Severity.PAGE,
        labels=_OF_AGENT,
        summary=Words(fr="L'agent {{ $labels.agent }} est refusé", en="The agent {{ $labels.agent }} is refused"),
        description=Words(
            fr="Ce que l'agent {{ $labels.agent }} envoie est refusé : registre qui diverge (machine clonée ou "
            "restaurée), autre clé, ou ligne altérée. Ce qui était déjà reçu reste. Confirmer : sudo beffroi "
            "fleet status.",
            en="What the agent {{ $labels.agent }} sends is refused: a ledger that parted (a machine cloned or "
            "restored), another key, or a row that was changed. What was received stays. Confirm: sudo beffroi "
            "fleet status.",
        ),
    )
    yield Alert(
        name="BeffroiFleetRewritten",
        # An agent whose ledger is forked at its machines is refused, and has a page of its own.
        expression=f'count by (agent) (beffroi_target_reason_info{{reason="{Reason.FORK.value}"}}) > 0 '
        'unless on (agent) beffroi_agent_state{state="refused"} == 1',
        keeps=SILENT_FOR,
        severity=Severity.PAGE,
        labels=_OF_AGENT,
        summary=Words(
            fr="Le passé de {{ $labels.agent }} a été réécrit dans la base",
            en="The past of {{ $labels.agent }} was rewritten in the database",
        ),
        description=Words(
            fr="La base de la flotte montre, pour l'agent {{ $labels.agent }}, une autre ligne que celle qui y avait "
            "été lue. La copie du centre garde la première. Confirmer : sudo beffroi ledger verify au centre.",
            en="The fleet's database shows, for the agent {{ $labels.agent }}, another row than the one that was read "
            "there. The centre's copy keeps the first. Confirm: sudo beffroi ledger verify at the centre.",
        ),
    )


def _hosts() -> Iterator[Alert]:
    unwatched = f'count by (subject) (beffroi_target_reason_info{{reason="{Reason.NO_AGENT.value}"}})'
    yield Alert(
        name="BeffroiFleetHostUnwatched",
        expression=f'sum by (host) (label_replace({unwatched}, "host", "$1", "subject", "(.*)")) > 0',
        wait=DECLARED_WITHIN,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_OF_HOST,
        summary=Words(fr="Aucun agent ne surveille {{ $labels.host }}", en="No agent watches {{ $labels.host }}"),
        description=Words(
            fr="Le centre déclare l'hôte {{ $labels.host }}, et aucun agent ne le surveille : rien n'y est démontré. "
            "Confirmer : sudo beffroi status {{ $labels.host }} au centre.",
            en="The centre declares the host {{ $labels.host }}, and no agent watches it: nothing is proven there. "
            "Confirm: sudo beffroi status {{ $labels.host }} at the centre.",
        ),
    )
    twice = f'count by (subject) (beffroi_target_reason_info{{reason="{Reason.DECLARED_TWICE.value}"}})'
    yield Alert(
        name="BeffroiFleetHostTwice",
        expression=f'sum by (host) (label_replace({twice}, "host", "$1", "subject", "[^/]*/(.*)")) > 0',
        wait=DECLARED_WITHIN,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_OF_HOST,
        summary=Words(fr="Deux agents surveillent {{ $labels.host }}", en="Two agents watch {{ $labels.host }}"),
        description=Words(
            fr="Deux agents disent surveiller l'hôte {{ $labels.host }}, que le centre déclare une fois : l'un des "
            "deux regarde peut-être une autre machine, et le pire des deux résultats compte. Confirmer : sudo beffroi "
            "status --json au centre.",
            en="Two agents say that they watch the host {{ $labels.host }}, which the centre declares once: one of "
            "them may look at another machine, and the worse of both counts. Confirm: sudo beffroi status --json at "
            "the centre.",
        ),
    )
