"""The alerts on the agent itself: gone, frozen, still, blind on one host; each on instants, never on its own word.

A frozen agent goes on showing its last word, so that every rule here compares an instant with the time of Prometheus.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from agent.core.alert_state import LITTLE_ROOM, Severity
from agent.rules.alert import AGENT, GONE_FOR, SILENT_FOR, Alert, any_of
from agent.wording.languages import Words

HOUR = timedelta(hours=1)
FROZEN_AFTER = HOUR / 2
LEDGER_STILL_AFTER = 7 * HOUR
CLOCK_APART = timedelta(minutes=5)
# A checkpoint is signed each day, and each witness asked within the hour.
WITNESS_AWAY_AFTER = 50 * HOUR
# Just after a witness or an authority is declared, it has not answered yet.
WITNESS_WAIT = 2 * HOUR

_HERE = '{{ with $labels.instance }}{{ . }}{{ else }}beffroi{{ end }}'  # fmt: skip


def agent_alerts(rhythms: Mapping[str, timedelta], of_hosts: frozenset[str], health: str) -> Iterator[Alert]:
    """Yield them; `rhythms` is how often each collector looks, `of_hosts` those whose subject is a host itself.

    `health` is the command that asks the agent for its health.
    """
    yield from _alive(health)
    yield _ledger_still(rhythms)
    yield from _ground()
    if rhythms:
        yield _collector_failing(rhythms)
    if of_hosts:
        yield _host_silent(of_hosts)


def _about_agent(subject: str = _HERE) -> dict[str, str]:
    return {"target": AGENT, "subject": subject, "cause": AGENT}


def watchdog() -> Alert:
    """Return the alert that always fires, so that its silence is heard."""
    return Alert(
        name="BeffroiWatchdog",
        expression="vector(1)",
        severity=Severity.NONE,
        labels=_about_agent("watchdog"),
        summary=Words(fr="La chaîne d'alerte fonctionne", en="The alert path is alive"),
        description=Words(
            fr="Cette alerte sonne toujours. Un veilleur extérieur doit s'inquiéter quand elle cesse d'arriver.",
            en="This alert always fires. An outside watcher must worry when it stops arriving.",
        ),
    )


def _alive(health: str) -> Iterator[Alert]:
    yield watchdog()
    yield Alert(
        name="BeffroiAgentGone",
        # One that falls and is started again and again answers now and then, and is never gone for that long. Where it
        # answers for most of the time, what it says is heard: this one would silence it.
        expression='up{job="beffroi"} == 0 or absent(up{job="beffroi"}) '
        'or (changes(up{job="beffroi"}[1h]) >= 4 and avg_over_time(up{job="beffroi"}[1h]) < 0.5)',
        wait=GONE_FOR,
        severity=Severity.PAGE,
        labels=_about_agent(),
        summary=Words(
            fr="Le logiciel de mesure beffroi ne répond plus", en="The beffroi agent does not answer any more"
        ),
        description=Words(
            fr=f"Le logiciel de mesure {_HERE} ne répond plus à Prometheus, ou tombe sans cesse : plus rien n'est "
            "contrôlé ni démontré, et aucune autre alerte ne peut venir de lui, ni la page du lien. Confirmer : "
            "systemctl status beffroi ; que faire : beffroi explain agent-gone.",
            en=f"The agent {_HERE} does not answer Prometheus any more, or falls again and again: nothing is checked "
            "or proven, and no other alert can come from it, nor the page of the link. Confirm: systemctl status "
            "beffroi; what to do: beffroi explain agent-gone.",
        ),
    )
    heartbeat = "beffroi_heartbeat_timestamp_seconds"
    yield Alert(
        name="BeffroiAgentFrozen",
        # One that goes on is not frozen, but behind: its clock is.
        expression=f"(time() - {heartbeat} > {FROZEN_AFTER.total_seconds():.0f} and changes({heartbeat}[10m]) == 0) "
        f'or (up{{job="beffroi"}} == 1 unless on (instance) {heartbeat}) '
        # One that is killed for it is not well yet; no `keep_firing_for`, since this one silences all others.
        'or (up{job="beffroi"} == 0 and on (instance) ALERTS{alertname="BeffroiAgentFrozen", alertstate="firing"})',
        wait=timedelta(minutes=10),
        severity=Severity.PAGE,
        labels=_about_agent(),
        summary=Words(fr="Le logiciel de mesure beffroi est figé", en="The beffroi agent is frozen"),
        description=Words(
            fr=f"Le logiciel de mesure {_HERE} répond, mais sa boucle ne tourne plus : ce qu'il montre est ancien. "
            f"Confirmer : {health}.",
            en=f"The agent {_HERE} answers, but its loop is stuck: it shows old data. Confirm: {health}.",
        ),
    )
    yield Alert(
        name="BeffroiClockApart",
        expression=f"{heartbeat} - timestamp({heartbeat}) > {CLOCK_APART.total_seconds():.0f} or "
        f"(timestamp({heartbeat}) - {heartbeat} > {CLOCK_APART.total_seconds():.0f} and changes({heartbeat}[10m]) > 0)",
        wait=timedelta(minutes=10),
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_about_agent(),
        summary=Words(
            fr="L'horloge du logiciel de mesure avance ou retarde", en="The agent's clock is ahead or behind"
        ),
        description=Words(
            fr=f"L'horloge du logiciel de mesure {_HERE} s'écarte de {{{{ $value | humanizeDuration }}}} de celle de "
            "Prometheus : tout âge qu'il mesure est faux. Confirmer : chronyc tracking, ou timedatectl.",
            en=f"The clock of the agent {_HERE} is {{{{ $value | humanizeDuration }}}} apart from Prometheus': every "
            "age that it measures is wrong. Confirm: chronyc tracking, or timedatectl.",
        ),
    )


def _ledger_still(rhythms: Mapping[str, timedelta]) -> Alert:
    append = "beffroi_ledger_last_append_timestamp_seconds"
    return Alert(
        name="BeffroiLedgerStill",
        expression=f"time() - {append} > {still_after(rhythms).total_seconds():.0f} "
        f'or (up{{job="beffroi"}} == 1 unless on (instance) {append})',
        wait=HOUR / 2,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_about_agent(),
        summary=Words(fr="Le registre des preuves n'avance plus", en="The ledger stands still"),
        description=Words(
            fr=f"Le logiciel de mesure {_HERE} n'a plus rien inscrit depuis trop longtemps : les jours qui passent ne "
            "seront pas démontrés. Confirmer : sudo beffroi ledger verify, puis df sur state_directory.",
            en=f"The agent {_HERE} has kept nothing for too long: the days that go by will not be proven. "
            "Confirm: sudo beffroi ledger verify, then df on state_directory.",
        ),
    )


def _ground() -> Iterator[Alert]:
    """Yield the alerts on what the agent sees of its own ledger."""
    yield Alert(
        name="BeffroiLedgerDamaged",
        expression="beffroi_ledger_sound == 0",
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_about_agent(),
        summary=Words(fr="Le registre des preuves est endommagé", en="The ledger is damaged"),
        description=Words(
            fr=f"La chaîne du registre du logiciel de mesure {_HERE} ne tient plus : une ligne, un contenu ou une "
            "signature n'est plus ce qu'il était. Rien n'a été remplacé. Confirmer : sudo beffroi ledger verify.",
            en=f"The chain of the ledger of the agent {_HERE} does not hold: a row, a payload or a signature is not "
            "what it was. Nothing was replaced. Confirm: sudo beffroi ledger verify.",
        ),
    )
    yield from _witnesses()
    yield _stamps()
    yield Alert(
        name="BeffroiConfigurationRefused",
        expression="beffroi_configuration_refused == 1",
        wait=timedelta(minutes=10),
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_about_agent(),
        summary=Words(fr="La nouvelle configuration est refusée", en="The new configuration is refused"),
        description=Words(
            fr=f"Le logiciel de mesure {_HERE} a refusé la configuration modifiée : la précédente reste en vigueur, "
            "et ce qui a été ajouté n'est pas surveillé. Confirmer : sudo beffroi config "
            "check, puis sudo beffroi reload.",
            en=f"The agent {_HERE} has refused the changed configuration: the one before stays in force, and what was "
            "added is not watched. Confirm: sudo beffroi config check, then sudo beffroi reload.",
        ),
    )
    yield Alert(
        name="BeffroiLedgerLittleRoom",
        expression=f"beffroi_ledger_free_bytes < {LITTLE_ROOM}",
        wait=HOUR,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_about_agent(),
        summary=Words(fr="Peu de place reste pour le registre", en="Little room is left for the ledger"),
        description=Words(
            fr=f"Il reste {{{{ $value | humanize1024 }}}}o pour le registre du logiciel de mesure {_HERE}. Plein, il "
            "ne garde plus rien : les jours qui passent ne seront pas démontrés. Confirmer : df sur state_directory.",
            en=f"{{{{ $value | humanize1024 }}}}B are left for the ledger of the agent {_HERE}. Once full it keeps "
            "nothing: the days that go by will not be proven. Confirm: df on state_directory.",
        ),
    )


def _witnesses() -> Iterator[Alert]:
    """Yield the alerts on who else attests the agent's log."""
    witness = {"target": AGENT, "subject": "{{ $labels.witness }}", "cause": AGENT}
    yield Alert(
        name="BeffroiWitnessRefuses",
        expression="beffroi_witness_refused == 1",
        keeps=SILENT_FOR,
        severity=Severity.PAGE,
        labels=witness,
        summary=Words(
            fr="Le témoin {{ $labels.witness }} refuse le journal du logiciel de mesure",
            en="The witness {{ $labels.witness }} refuses the agent's log",
        ),
        description=Words(
            fr=f"Le témoin {{{{ $labels.witness }}}} a contresigné un journal que celui du logiciel de mesure {_HERE} "
            "ne continue pas : le registre a été restauré à un état plus ancien, ou réécrit. Confirmer : sudo beffroi "
            "ledger verify, puis le journal du témoin.",
            en=f"The witness {{{{ $labels.witness }}}} has cosigned a log that the one of the agent {_HERE} does not "
            "continue: the ledger was rolled back, or rewritten. Confirm: sudo beffroi ledger verify, then the "
            "witness's own journal.",
        ),
    )
    cosigned = "beffroi_witness_cosigned_timestamp_seconds"
    yield Alert(
        name="BeffroiWitnessAway",
        expression=f"time() - {cosigned} > {WITNESS_AWAY_AFTER.total_seconds():.0f} "
        f"or (beffroi_witness_refused unless {cosigned})",
        # A witness that has never cosigned has no age; the wait is all that it has.
        wait=WITNESS_WAIT,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=witness,
        summary=Words(
            fr="Le témoin {{ $labels.witness }} ne contresigne plus",
            en="The witness {{ $labels.witness }} does not cosign any more",
        ),
        description=Words(
            fr=f"Le témoin {{{{ $labels.witness }}}} n'a pas contresigné le journal du logiciel de mesure {_HERE} "
            "depuis deux jours : ces jours ne seront attestés que par le logiciel de mesure. Confirmer : sudo "
            "journalctl -u beffroi, puis chez le témoin.",
            en=f"The witness {{{{ $labels.witness }}}} has not cosigned the log of the agent {_HERE} for two days: "
            "these days are attested by the agent alone. Confirm: sudo journalctl -u beffroi, then at the witness.",
        ),
    )


def _stamps() -> Alert:
    """Return the alert on timestamps that do not come."""
    return Alert(
        name="BeffroiTimestampLate",
        expression=f"time() - beffroi_timestamp_token_timestamp_seconds > {WITNESS_AWAY_AFTER.total_seconds():.0f}",
        # Just after it was declared there is none; it is asked for within the hour.
        wait=WITNESS_WAIT,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_about_agent(),
        summary=Words(fr="Le journal n'est plus horodaté", en="The log is not stamped any more"),
        description=Words(
            fr=f"Aucun jeton d'horodatage du journal du logiciel de mesure {_HERE} n'a été obtenu depuis deux jours : "
            "rien d'extérieur ne date ces jours. Confirmer : sudo journalctl -u beffroi.",
            en=f"No timestamp of the log of the agent {_HERE} was given for two days: nothing from outside dates these "
            "days. Confirm: sudo journalctl -u beffroi.",
        ),
    )


def still_after(rhythms: Mapping[str, timedelta]) -> timedelta:
    """Return how old the newest row may be: every look is one, so that the rhythms say when the next is due."""
    return max(LEDGER_STILL_AFTER, 2 * min(rhythms.values(), default=12 * HOUR))


def _collector_failing(rhythms: Mapping[str, timedelta]) -> Alert:
    ages: dict[timedelta, list[str]] = {}
    for name, rhythm in sorted(rhythms.items()):
        ages.setdefault(failing_after(rhythm), []).append(name)
    success, run = "beffroi_collector_last_success_timestamp_seconds", "beffroi_collector_last_run_timestamp_seconds"
    old = [
        f'time() - {success}{{collector=~"{any_of(names)}"}} > {age.total_seconds():.0f}' for age, names in ages.items()
    ]
    return Alert(
        name="BeffroiCollectorFailing",
        expression=" or ".join([*old, f"({run} unless {success})"]),
        # A look that never succeeded has no age; the wait is all that it has.
        wait=2 * HOUR,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels={"target": AGENT, "subject": "{{ $labels.collector }}", "cause": "{{ $labels.host }}"},
        summary=Words(
            fr="Le relevé {{ $labels.collector }} n'aboutit plus sur {{ $labels.host }}",
            en="The look {{ $labels.collector }} does not succeed on {{ $labels.host }} any more",
        ),
        description=Words(
            fr="Le collecteur {{ $labels.collector }} n'a rien vu de {{ $labels.host }} depuis trop longtemps : ce qui "
            "repose sur lui n'est plus démontré. Confirmer : sudo beffroi check --host {{ $labels.host }}.",
            en="The collector {{ $labels.collector }} has seen nothing of {{ $labels.host }} for too long: what rests "
            "on it is not proven any more. Confirm: sudo beffroi check --host {{ $labels.host }}.",
        ),
    )


def failing_after(rhythm: timedelta) -> timedelta:
    """Return how old the last success of a collector may be: two of its turns may fail."""
    return max(12 * HOUR, 2 * rhythm + 2 * HOUR)


def _host_silent(collectors: frozenset[str]) -> Alert:
    success = f'beffroi_collector_success{{collector=~"{any_of(sorted(collectors))}"}}'
    return Alert(
        name="BeffroiHostSilent",
        expression=f"max by (host) ({success}) == 0",
        wait=2 * HOUR,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels={"target": AGENT, "subject": "{{ $labels.host }}", "cause": "{{ $labels.host }}"},
        summary=Words(
            fr="Plus aucun relevé n'aboutit sur {{ $labels.host }}",
            en="No look succeeds on {{ $labels.host }} any more",
        ),
        description=Words(
            fr="Tous les relevés de l'hôte {{ $labels.host }} échouent : il est éteint, injoignable, ou refuse le "
            "logiciel de mesure. Confirmer : sudo beffroi check --host {{ $labels.host }}.",
            en="Every look at the host {{ $labels.host }} fails: it is off, unreachable, or refuses the agent. "
            "Confirm: sudo beffroi check --host {{ $labels.host }}.",
        ),
    )
