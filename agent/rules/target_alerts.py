"""The alerts on what the convention promises: missed, unproven, silenced, about to be accepted no longer, not shown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from agent.core.alert_state import Severity, severity_of
from agent.core.convention import CLAUSES
from agent.core.duties.entries import DUTIES
from agent.core.duties.expected import Expected
from agent.core.model import State, Target
from agent.rules.alert import FACTS, SILENT_FOR, WHOM, Alert, named
from agent.rules.recording import BAD, EXCLUDED, HELD, ON_COURSE, ON_SUBJECT, SHOWN, UNPROVEN_SINCE
from agent.wording.languages import Words
from agent.wording.targets.every import TARGETS

UNPROVEN_FOR = timedelta(hours=12)
EXPIRING_WITHIN = timedelta(days=14)
UNWATCHED_FOR = timedelta(minutes=30)

DAY_TOLD_FOR = timedelta(days=1)
OF_SUBJECT = {"target": "{{ $labels.target }}", "subject": "{{ $labels.subject }}"}


def target_alerts(wanted: Sequence[Expected], targets: Mapping[str, Target]) -> Iterator[Alert]:
    """Yield them for everything that the configuration expects."""
    for id in dict.fromkeys(one.key.target for one in wanted):
        yield _missed(targets[id])
    yield _unproven()
    yield _day_unproven()
    yield _silenced()
    yield _acceptance_expiring()
    yield from _unwatched(wanted)


def _missed(target: Target) -> Alert:
    words = TARGETS[target.id]
    article = CLAUSES[target.id].article
    return Alert(
        name=f"Beffroi{named(target.id)}Missed",
        expression=f'{HELD}{{state="missed", target="{target.id}"}}',
        severity=severity_of(target, State.MISSED),
        labels={"target": target.id, "subject": "{{ $labels.subject }}"},
        summary=Words(
            fr=f"{words.title.fr} : objectif non atteint pour {WHOM}", en=f"{words.title.en}: target missed for {WHOM}"
        ),
        description=Words(
            fr=f"« {words.title.fr} » (article {article}) n'est pas atteint pour {WHOM}{FACTS.fr}. "
            # The remedy depends on the reason: a backup that holds encrypted files must not be run again.
            f"Confirmer : sudo beffroi status {{{{ $labels.subject }}}}. Remède, selon le motif : beffroi explain "
            f"{target.id}-missed.",
            en=f"“{words.title.en}” (article {article}) is missed for {WHOM}{FACTS.en}. Confirm: sudo beffroi status "
            f"{{{{ $labels.subject }}}}. Mend, by the reason: beffroi explain {target.id}-missed.",
        ),
    )


def _unproven() -> Alert:
    return Alert(
        name="BeffroiTargetUnproven",
        expression=f"time() - {UNPROVEN_SINCE} >= {UNPROVEN_FOR.total_seconds():.0f}",
        severity=Severity.TICKET,
        labels=OF_SUBJECT,
        summary=Words(
            fr=f"{{{{ $labels.target }}}} : rien n'est démontré pour {WHOM}",
            en=f"{{{{ $labels.target }}}}: nothing is proven for {WHOM}",
        ),
        description=Words(
            fr=f"L'objectif {{{{ $labels.target }}}} n'est pas démontré pour {WHOM}{FACTS.fr}. Ce n'est pas un échec "
            "constaté : rien ne montre ni l'un ni l'autre. Confirmer : sudo beffroi status {{ $labels.subject }}, puis "
            "beffroi explain avec ce motif.",
            en=f"The target {{{{ $labels.target }}}} is not proven for {WHOM}{FACTS.en}. This is no failure that was "
            "seen: nothing shows either. Confirm: sudo beffroi status {{ $labels.subject }}, then beffroi explain with "
            "that reason.",
        ),
    )


def _day_unproven() -> Alert:
    # When the agent closed the day, and not how many there are now and were a day ago: of that instant Prometheus
    # knows nothing when the agent was away then, which is when days go by unproven.
    closed = "max by (target, subject, beneficiary) (beffroi_target_day_unproven_timestamp_seconds)"
    return Alert(
        name="BeffroiDayUnproven",
        expression=f"time() - {closed} < {DAY_TOLD_FOR.total_seconds():.0f}",
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels={**OF_SUBJECT, "cause": "{{ $labels.subject }}"},
        summary=Words(
            fr=f"{{{{ $labels.target }}}} : un jour non démontré pour {WHOM}",
            en=f"{{{{ $labels.target }}}}: a day unproven for {WHOM}",
        ),
        description=Words(
            fr=f"Un jour s'est terminé sans que {{{{ $labels.target }}}} soit démontré pour {WHOM} ; inscrit il y a "
            "{{ $value | humanizeDuration }}. Une preuve datée de ce jour peut encore arriver pendant sept jours. "
            "Confirmer : sudo beffroi status {{ $labels.subject }} --history 3d.",
            en=f"A day ended without {{{{ $labels.target }}}} being proven for {WHOM}; entered "
            "{{ $value | humanizeDuration }} ago. Evidence that carries that day's date may still come for seven "
            "days. Confirm: sudo beffroi status {{ $labels.subject }} --history 3d.",
        ),
    )


def _silenced() -> Alert:
    return Alert(
        name="BeffroiTargetHushed",
        expression=f"{BAD} and {ON_SUBJECT} {EXCLUDED} unless {ON_SUBJECT} {ON_COURSE}",
        severity=Severity.NONE,
        labels=OF_SUBJECT,
        summary=Words(
            fr=f"{{{{ $labels.target }}}}, {WHOM} : alerte tue pendant une maintenance convenue",
            en=f"{{{{ $labels.target }}}}, {WHOM}: silenced during an agreed maintenance",
        ),
        description=Words(
            fr=f"{{{{ $labels.target }}}} est {{{{ $labels.state }}}} pour {WHOM}. Une exclusion inscrite au registre "
            "tait l'alerte jusqu'à sa fin. Confirmer : sudo beffroi register list exclusion.",
            en=f"{{{{ $labels.target }}}} is {{{{ $labels.state }}}} for {WHOM}. An exclusion of the register "
            "silences the alert until it ends. Confirm: sudo beffroi register list exclusion.",
        ),
    )


def _acceptance_expiring() -> Alert:
    until = "max by (target, subject, beneficiary) (beffroi_target_accepted_until_timestamp_seconds)"
    return Alert(
        name="BeffroiAcceptanceExpiring",
        expression=f"{until} - time() < {EXPIRING_WITHIN.total_seconds():.0f}",
        severity=Severity.TICKET,
        keeps=SILENT_FOR,
        labels={**OF_SUBJECT, "cause": "{{ $labels.subject }}"},
        summary=Words(
            fr=f"{{{{ $labels.target }}}} : le risque accepté pour {WHOM} expire bientôt",
            en=f"{{{{ $labels.target }}}}: the risk accepted for {WHOM} expires soon",
        ),
        description=Words(
            fr=f"L'acceptation du risque sur {{{{ $labels.target }}}}, {WHOM}, prend fin dans "
            "{{ $value | humanizeDuration }} ; l'objectif comptera alors de nouveau. Confirmer : sudo beffroi "
            "register list acceptance.",
            en=f"The acceptance of the risk on {{{{ $labels.target }}}}, {WHOM}, ends in "
            "{{ $value | humanizeDuration }}; the target then counts again. Confirm: sudo beffroi register list "
            "acceptance.",
        ),
    )


def _unwatched(wanted: Sequence[Expected]) -> Iterator[Alert]:
    """Yield one rule a target and beneficiary: fewer subjects are shown than were declared when the rules were written.

    They are counted, not listed: a rule for each subject costs 0.16 ms at every evaluation, a matcher of their names
    0.1 s for 500. What the registers' entries add to the subjects is left out, for they come and go.
    """
    subjects: dict[tuple[str, str], list[str]] = {}
    for one in wanted:
        if one.key.target not in DUTIES:
            subjects.setdefault((one.key.target, one.key.beneficiary), []).append(one.key.subject)
    for (target, beneficiary), names in subjects.items():
        # Without labels, or the nothing beside it would always be there as well.
        shown = f'max({SHOWN}{{target="{target}", beneficiary="{beneficiary}"}})'
        yield Alert(
            name="BeffroiSubjectUnwatched",
            expression=f"({shown} or vector(0)) < {len(names)} and on () beffroi_heartbeat_timestamp_seconds",
            wait=UNWATCHED_FOR,
            keeps=SILENT_FOR,
            severity=Severity.TICKET,
            labels={"target": target, "subject": beneficiary, "beneficiary": beneficiary, "cause": beneficiary},
            summary=Words(
                fr=f"{target} : des éléments attendus ne sont plus surveillés ({beneficiary})",
                en=f"{target}: expected subjects are not watched any more ({beneficiary})",
            ),
            description=Words(
                fr=f"Le logiciel de mesure ne montre que {{{{ $value }}}} des {len(names)} sujets attendus de "
                f"{target} pour {beneficiary} : sa configuration n'est plus celle d'où viennent ces règles. Confirmer "
                ": sudo beffroi config check ; si c'est voulu, récrire les règles par sudo beffroi rules.",
                en=f"The agent shows only {{{{ $value }}}} of the {len(names)} subjects expected of {target} for "
                f"{beneficiary}: its configuration is not the one that these rules come from. Confirm: sudo beffroi "
                "config check; where it is meant, write the rules anew with sudo beffroi rules.",
            ),
        )
