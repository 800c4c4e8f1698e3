"""The six dashboards, each for one reader; their texts are French, as everything that DIITUN and SCOTA read."""

from agent.core.convention import CLAUSES, CountingRule
from agent.core.inventory import Backup, Beneficiary, Copy, DeclaredHost, Perimeter
from agent.core.model import State
from agent.wording.states import STATES, state_symbol
from tests.dashboards.dashboard import Dashboard
from tests.dashboards.panel import (
    GREEN,
    GREY,
    HERE,
    ORANGE,
    OURS,
    RED,
    STATE_COLOURS,
    Panel,
    Query,
    lines,
    stat,
    state_code,
    states,
    table,
)

DAY = 86400
BAD_NAMES = {
    "target": "Objectif",
    "subject": "Sujet",
    "beneficiary": "Bénéficiaire",
    "state": "État",
    "reason": "Motif",
}


def every_dashboard() -> tuple[Dashboard, ...]:
    """Return them in the order in which a reader meets them."""
    return (_convention(), _backups(), _hosts(), _registers(), _agent(), _fleet())


def _of(*kinds: type) -> str:
    chosen = [clause.id for clause in CLAUSES.values() if set(clause.subjects) & set(kinds)]
    return f'{OURS}, target=~"{"|".join(chosen)}"'


def _count(state: State) -> Panel:
    word = STATES[state].fr
    return stat(
        f"{state_symbol(state)} {word}",
        f"Combien de couples objectif et sujet sont « {word} » à cet instant.",
        Query(expression=f'sum(beffroi_target_state{{{OURS}, state="{state.value}"}})', legend=word),
        steps=((None, GREY), (1, STATE_COLOURS[state])),
    )


def _worst(title: str, matchers: str) -> Panel:
    bad = f'beffroi_target_state{{{matchers}, state=~"missed|unproven"}} == 1'
    keys = "job, instance, target, subject, beneficiary"
    reason = f"* on ({keys}) group_left (reason) beffroi_target_reason_info{{{matchers}}}"
    return table(
        title,
        "Ce qui n'est pas atteint, ou n'est pas démontré, avec son motif ; beffroi explain dit ce qu'il signifie.",
        Query(expression=f"({bad}) {reason}"),
        BAD_NAMES,
    )


def _daily() -> str:
    """Return the targets that the report counts by day: of any other a share of days would be another number."""
    return "|".join(sorted(id for id, clause in CLAUSES.items() if clause.counted is CountingRule.BY_DAY))


def _convention() -> Dashboard:
    ours = f'{OURS}, target=~"{_daily()}"'
    expected = f'sum by (target) (beffroi_attainment_tally{{{ours}, state!="not-applicable"}})'
    met = f'sum by (target) (beffroi_attainment_tally{{{ours}, state="met"}})'
    return Dashboard(
        id="beffroi-convention",
        title="Beffroi : la convention",
        description="Où en est chaque objectif de la convention, aujourd'hui et depuis le début du trimestre.",
        since="now-30d",
        panels=(
            *(_count(state) for state in State),
            stat(
                "Jours écoulés du trimestre",
                "Jours civils du trimestre qui sont finis ; seuls eux comptent dans les taux.",
                Query(expression=f"max(beffroi_quarter_elapsed{{{HERE}}})", legend="jours"),
                unit="none",
            ),
            _worst("À traiter", OURS),
            lines(
                "Jours atteints du trimestre, par objectif",
                "Jours atteints sur jours attendus depuis le début du trimestre ; l'objectif est de tous les jours, "
                "sauf "
                "adaptation. Le chiffre qui fait foi est celui du rapport.",
                Query(expression=f"{met} / ({expected} > 0)", legend="{{target}}"),
                unit="percentunit",
                width=24,
            ),
            lines(
                "Jours non atteints du trimestre",
                "Jours dont une preuve datée montre que l'objectif n'était pas tenu.",
                Query(
                    expression=f'sum by (target) (beffroi_attainment_tally{{{ours}, state="missed"}})',
                    legend="{{target}}",
                ),
                unit="none",
            ),
            lines(
                "Jours non démontrés du trimestre",
                "Jours dont rien ne montre ni l'un ni l'autre : ils ne comptent pas comme atteints.",
                Query(
                    expression=f'sum by (target) (beffroi_attainment_tally{{{ours}, state="unproven"}})',
                    legend="{{target}}",
                ),
                unit="none",
            ),
        ),
    )


def _backups() -> Dashboard:
    which = _of(Backup, Copy)
    return Dashboard(
        id="beffroi-backups",
        title="Beffroi : les sauvegardes",
        description="L'âge, la vérification et l'état de chaque copie.",
        panels=(
            states(
                "État de chaque sauvegarde et de chaque copie",
                "Le signe et le mot disent l'état ; la couleur ne fait que les répéter.",
                Query(expression=state_code(which, "target, subject"), legend="{{target}} {{subject}}"),
            ),
            lines(
                "Âge du plus récent point de reprise",
                "Âge du plus récent point qui compte dans chaque copie ; l'objectif est de 24 h au plus.",
                Query(
                    expression=f"time() - beffroi_backup_newest_timestamp_seconds{{{HERE}}}",
                    legend="{{backup}}/{{copy}}",
                ),
                unit="s",
                steps=((None, GREEN), (DAY, ORANGE), (DAY + 7200, RED)),
                width=24,
            ),
            lines(
                "Part vérifiée en 90 jours",
                "Octets relus en 90 jours sur octets présents : 100 % quand toute la copie a été relue.",
                Query(
                    expression=f"beffroi_backup_verified_bytes{{{HERE}}} / beffroi_backup_stored_bytes{{{HERE}}}",
                    legend="{{backup}}/{{copy}}",
                ),
                unit="percentunit",
            ),
            lines(
                "Taille des copies",
                "Octets présents dans chaque copie à sa dernière vérification.",
                Query(expression=f"beffroi_backup_stored_bytes{{{HERE}}}", legend="{{backup}}/{{copy}}"),
                unit="decbytes",
            ),
            lines(
                "Fichiers du dernier sondage",
                "Ce que sont devenus les fichiers restaurés cette semaine : identiques à la source, changés depuis, "
                "source illisible, ou non revenus comme ils devaient.",
                Query(
                    expression=f"beffroi_backup_sample_files{{{HERE}}} > 0",
                    legend="{{backup}}/{{copy}} {{result}}",
                ),
                unit="none",
            ),
            lines(
                "Fichiers qui ne reviennent pas",
                "Fichiers qu'un sondage n'a pas vus revenir comme ils devaient, et qu'aucun n'a vus depuis.",
                Query(
                    expression=f"beffroi_backup_sample_failing_files{{{HERE}}}",
                    legend="{{backup}}/{{copy}}",
                ),
                unit="none",
                steps=((None, GREEN), (1, RED)),
            ),
            _worst("Sauvegardes à traiter", which),
        ),
    )


def _hosts() -> Dashboard:
    which = _of(DeclaredHost)
    return Dashboard(
        id="beffroi-hosts",
        title="Beffroi : les serveurs",
        description="Correctifs, antivirus, horloge, accès et pare-feu de chaque serveur.",
        panels=(
            states(
                "État de chaque serveur",
                "Le signe et le mot disent l'état ; la couleur ne fait que les répéter.",
                Query(expression=state_code(which, "target, subject"), legend="{{target}} {{subject}}"),
            ),
            table(
                "Limites en vigueur",
                "L'objectif de chaque serveur, dans l'unité nommée.",
                Query(expression=f"beffroi_target_limit{{{which}}}"),
                {"target": "Objectif", "subject": "Serveur", "unit": "Unité", "Value": "Limite"},
            ),
            lines(
                "Relevés qui aboutissent",
                "Part des relevés de chaque serveur dont le dernier a abouti.",
                Query(expression=f"avg by (host) (beffroi_collector_success{{{HERE}}})", legend="{{host}}"),
                unit="percentunit",
                width=24,
                steps=((None, RED), (1, GREEN)),
            ),
            _worst("Serveurs à traiter", which),
        ),
    )


def _registers() -> Dashboard:
    which = _of(Beneficiary, Perimeter)
    return Dashboard(
        id="beffroi-registers",
        title="Beffroi : les registres",
        description="Ce qu'aucune machine ne voit : incidents, violations, analyses, tests, départs.",
        since="now-30d",
        panels=(
            states(
                "État de chaque obligation",
                "Le signe et le mot disent l'état ; la couleur ne fait que les répéter.",
                Query(expression=state_code(which, "target, subject"), legend="{{target}} {{subject}}"),
            ),
            lines(
                "Dans cet état depuis",
                "Depuis combien de temps chaque obligation est dans son état.",
                Query(
                    expression=f"time() - beffroi_target_since_timestamp_seconds{{{which}}}",
                    legend="{{target}} {{subject}}",
                ),
                unit="s",
                width=24,
            ),
            _worst("Obligations à traiter", which),
        ),
    )


def _agent() -> Dashboard:
    def age(title: str, description: str, metric: str, late: int) -> Panel:
        expression = f"time() - {metric}{{{HERE}}}"
        steps = ((None, GREEN), (late, RED))
        return stat(title, description, Query(expression=expression, legend=title), unit="s", steps=steps, width=6)

    return Dashboard(
        id="beffroi-agent",
        title="Beffroi : le logiciel de mesure",
        description="Le logiciel de mesure lui-même : sa boucle, son registre, ses relevés.",
        since="now-24h",
        panels=(
            age(
                "Dernier battement",
                "Temps depuis le dernier tour de la boucle ; un agent figé répond encore.",
                "beffroi_heartbeat_timestamp_seconds",
                60,
            ),
            age(
                "Dernière inscription",
                "Temps depuis la dernière ligne du registre des preuves.",
                "beffroi_ledger_last_append_timestamp_seconds",
                6 * 3600,
            ),
            stat(
                "Relevés en échec",
                "Combien de couples relevé et serveur ont échoué la dernière fois.",
                Query(expression=f"sum(beffroi_collector_success{{{HERE}}} == bool 0)", legend="échecs"),
                unit="none",
                width=6,
                steps=((None, GREEN), (1, ORANGE)),
            ),
            stat(
                "Version",
                "La version de chaque agent.",
                Query(expression=f"count by (version) (beffroi_build_info{{{HERE}}})", legend="{{version}}"),
                unit="none",
                width=6,
            ),
            lines(
                "Âge du dernier relevé réussi",
                "Pour le sujet que chaque relevé a laissé le plus longtemps.",
                Query(
                    expression=f"time() - beffroi_collector_last_success_timestamp_seconds{{{HERE}}}",
                    legend="{{collector}} {{host}}",
                ),
                unit="s",
                width=24,
            ),
            lines(
                "Durée des relevés",
                "Ce qu'ont duré les derniers relevés, tous sujets ensemble.",
                Query(expression=f"beffroi_collector_duration_seconds{{{HERE}}}", legend="{{collector}} {{host}}"),
                unit="s",
                width=24,
            ),
        ),
    )


def _fleet() -> Dashboard:
    def agents(title: str, description: str, state: str, steps: tuple[tuple[int | None, str], ...]) -> Panel:
        expression = f'sum(beffroi_agent_state{{{HERE}, state="{state}"}})'
        return stat(title, description, Query(expression=expression, legend=title), unit="none", steps=steps, width=6)

    bad = f'count by (agent, state) (beffroi_target_state{{{HERE}, agent!="", state=~"missed|unproven"}} == 1)'
    return Dashboard(
        id="beffroi-fleet",
        title="Beffroi : la flotte",
        description="Les agents vus du centre : à jour, silencieux, refusés ; et ce que chacun a de non atteint.",
        since="now-24h",
        panels=(
            agents("À jour", "Agents dont la dernière ligne est récente.", "current", ((None, RED), (1, GREEN))),
            agents("Silencieux", "Agents dont plus rien ne vient.", "silent", ((None, GREEN), (1, RED))),
            agents("Refusés", "Registre qui diverge, autre clé, ligne altérée.", "refused", ((None, GREEN), (1, RED))),
            agents("Jamais venus", "Agents déclarés ou admis sans ligne.", "never", ((None, GREEN), (1, ORANGE))),
            table(
                "État de chaque agent",
                "L'état de chaque agent à cet instant ; le détail par beffroi fleet status.",
                Query(expression=f"beffroi_agent_state{{{HERE}}} == 1", legend="{{agent}}"),
                {"agent": "Agent", "state": "État"},
            ),
            lines(
                "Âge de la dernière ligne",
                "Temps depuis la réception de la dernière ligne de chaque agent.",
                Query(
                    expression=f"time() - beffroi_agent_last_row_timestamp_seconds{{{HERE}}}",
                    legend="{{agent}}",
                ),
                unit="s",
                width=12,
            ),
            lines(
                "Lignes en attente",
                "Lignes que chaque agent avait encore à envoyer avec la dernière.",
                Query(expression=f"beffroi_agent_lag_rows{{{HERE}}}", legend="{{agent}}"),
                unit="none",
                width=12,
            ),
            lines(
                "Non atteints et non démontrés",
                "Combien de couples objectif et sujet, par agent.",
                Query(expression=bad, legend="{{agent}} {{state}}"),
                unit="none",
                width=24,
            ),
            lines(
                "Ce que les agents avaient vu",
                "Les mêmes, tels que les registres les disent depuis : ce qu'une ligne coupée avait caché, une "
                "fois donné par beffroi fleet backfill.",
                Query(
                    expression="count by (agent, state) (beffroi_target_state"
                    '{origin="backfill", beneficiary=~"$beneficiary", state=~"missed|unproven"} == 1)',
                    legend="{{agent}} {{state}}",
                ),
                unit="none",
                width=24,
            ),
            lines(
                "Jours atteints du trimestre, par objectif",
                "Jours atteints sur jours attendus, preuves tardives comprises, à la fin de chaque jour ; donné par "
                "beffroi fleet backfill.",
                Query(
                    expression='last_over_time(beffroi_attainment_ratio{origin="backfill", '
                    f'beneficiary=~"$beneficiary", target=~"{_daily()}"}}[1d])',
                    legend="{{target}} {{beneficiary}}",
                ),
                unit="percentunit",
                width=24,
            ),
        ),
    )
