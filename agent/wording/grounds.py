"""The words of what a target's sentence rests on: how many things, which verification, how young a source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from agent.core.convention import CLAUSES, BetterSide
from agent.wording.languages import Language, Words
from agent.wording.quantities import beside, day, duration
from agent.wording.translated import translated

# A thing that a target is measured on, in the singular and in the plural, as a sentence counts it.
THINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "host": ("machine", "machines"),
        "backup": ("sauvegarde", "sauvegardes"),
        "copy": ("copie", "copies"),
        "source": ("source de journaux", "sources de journaux"),
        "flow": ("flux", "flux déclarés"),
        "filter": ("filtre web", "filtres web"),
        "perimeter": ("périmètre", "périmètres"),
    }
)
# What holds of one kind of things, where not each kind that a target's own words speak of is declared.
LOGS_CAME = "les journaux arrivaient"
CLOCKS_HELD = "les horloges étaient justes"
ALERTS_CAME = "la chaîne d'alerte répondait"
FLOWS_HELD = "les flux déclarés interdits étaient bloqués et les flux nécessaires passaient"
FIREWALL_HELD = "le pare-feu des machines surveillées refusait par défaut"
NO_SOURCE = "aucune source de journaux n'est déclarée"
NO_FLOW = "aucun flux n'est déclaré"
_HELD_OF_KIND: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "log-collection": (("source", LOGS_CAME), ("host", CLOCKS_HELD), ("alert-path", ALERTS_CAME)),
        "network-segmentation": (("flow", FLOWS_HELD), ("host", FIREWALL_HELD)),
    }
)
# The kind that such a target is about before all: that none is declared is said.
_NOT_DECLARED = MappingProxyType({"log-collection": ("source", NO_SOURCE), "network-segmentation": ("flow", NO_FLOW)})
# Instead of a target's own words, which say what the convention asks.
LOOSENED = "l'objectif adapté ({limit}) était respecté"
# A missed day may have been judged by a stricter one: that it missed the loosest, or the usual one, is not known.
LOOSENED_IN_PART = "l'objectif en vigueur ce jour-là (au plus souple : {limit}) était respecté"
ALERT_PATH = "la chaîne d'alerte"
RESTS_ON = "Ce résultat repose sur {things}."
OF_HOSTS = "{hosts} (sur {declared} déclarées)"
PLACE_DECLARED = "Site déclaré, non constaté, pour {copies} sur {all}."
VERIFIED_ON = ", faite le {day}"
VERIFIED_BETWEEN = ", faite entre le {first} et le {last}"
INTACT = ", et intactes à leur dernière vérification"
# No copy is said to be intact where no verification can be dated.
NONE_DATED = " ; la date de leur dernière vérification n'est pas connue"
NOT_VERIFIED = " (date inconnue pour {copies} sur {all})"
LAST_SOUND = " saine{when} (dommage constaté sur {copies} sur {all}{found})"
FOUND_ON, FOUND_BETWEEN = ", le {day}", ", entre le {first} et le {last}"
TWELVE_MONTHS = "environ douze mois ({limit} au moins)"
FOR_THE_LIMIT = "au moins {limit}"
SINCE_ONE = "depuis son entrée, le {day}"
SINCE_SEVERAL = "depuis leur entrée, entre le {first} et le {last}"
SINCE_ONE_DAY = "depuis leur entrée, le {day}"
BOTH = "{whole} pour {old}, et {since} pour {young}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the sentence on a target counted by day rests on.

    `things` are how many subjects there are of each kind of THINGS, `hosts` how many hosts are declared at all.
    `declared_places` is how many of `copies` lie where the configuration says, unseen. `verified` are the days of the
    newest sound verifications of copies, None of a copy without one; `damaged` are the days on which damage was seen
    that the newest verification of a copy knew of. `joined` are the days on which the sources came that were younger
    than the limit at the beginning, `sources` how many sources there are. `limit` is the loosest that was in force for
    any of them, `adapted`: it is not the convention's; `varied`: on some days, or of some, more was asked.
    """

    things: tuple[tuple[str, int], ...] = ()
    alert_path: bool = False
    hosts: int = 0
    copies: int = 0
    declared_places: int = 0
    verified: tuple[date | None, ...] = ()
    damaged: tuple[date, ...] = ()
    joined: tuple[date, ...] = ()
    sources: int = 0
    limit: float = 0.0
    usual_limit: bool = True
    adapted: bool = False
    varied: bool = False


def rests_on(grounds: Grounds, language: Language = "fr") -> str:
    """Return how many things a result rests on, in sentences; empty where it rests on none that is counted."""
    parts = [_counted(kind, number, grounds, language) for kind, number in grounds.things if number]
    parts += [translated(ALERT_PATH, language)] if grounds.alert_path else []
    said = [translated(RESTS_ON, language).format(things=_joined(parts, language))] if parts else []
    if grounds.declared_places:
        copies = things("copy", grounds.declared_places, language)
        said.append(translated(PLACE_DECLARED, language).format(copies=copies, all=grounds.copies))
    return " ".join(said)


def single(grounds: Grounds) -> bool:
    """Return whether one thing alone is followed."""
    return sum(number for _, number in grounds.things) + grounds.alert_path == 1


def things(kind: str, number: int, language: Language = "fr") -> str:
    """Return a number of things of one kind."""
    one, several = THINGS[kind]
    single = number < 2 if language == "fr" else number == 1
    return f"{number} {translated(one if single else several, language)}"


def held_words(words: Words, target: str, grounds: Grounds, language: Language = "fr") -> str:
    """Return what held on the days that were met: where the limit was adapted, that limit and nothing beyond it."""
    said = words.of(language)
    if grounds.varied:
        return translated(LOOSENED_IN_PART, language).format(limit=limit_of(target, grounds.limit, language))
    if grounds.adapted and "{kept}" not in said:
        return translated(LOOSENED, language).format(limit=limit_of(target, grounds.limit, language))
    said = _of_kinds(target, grounds, language) or said
    return said.format(verified=verified(grounds, language), kept=kept_for(grounds, language))


def _of_kinds(target: str, grounds: Grounds, language: Language) -> str:
    """Return what held of the kinds that are followed, where not each is; empty where each is, or none is known."""
    kinds = _HELD_OF_KIND.get(target, ())
    known = {kind for kind, number in grounds.things if number} | ({"alert-path"} if grounds.alert_path else set())
    parts = [translated(held, language) for kind, held in kinds if kind in known]
    if len(parts) in (0, len(kinds)):
        return ""
    said = _joined(parts, language)
    kind, none = _NOT_DECLARED[target]
    return said if kind in known else f"{said} ({translated(none, language)})"


def limit_of(target: str, limit: float, language: Language = "fr") -> str:
    """Return a limit of a target with its side, such as `≤ 24 h`."""
    clause = CLAUSES[target]
    shown = beside(limit, limit, clause.unit, language)
    whole = clause.unit == "ratio" and limit == 1
    return shown if whole else f"{'≤' if clause.better is BetterSide.LOWER else '≥'} {shown}"


def verified(grounds: Grounds, language: Language = "fr") -> str:
    """Return that the copies were intact at their last verification, and when that was; empty of no copy.

    Where a later one found damage, it is said to be the last sound one, and what was found since.
    """
    if not grounds.verified:
        return ""
    if not any(grounds.verified) and not grounds.damaged:
        return translated(NONE_DATED, language)
    when, intact = _verified(grounds, language), translated(INTACT, language)
    if not grounds.damaged:
        return intact + when
    found = _between(sorted(grounds.damaged), FOUND_ON, FOUND_BETWEEN, language)
    copies = things("copy", len(grounds.damaged), language)
    said = translated(LAST_SOUND, language)
    return intact + said.format(when=when, copies=copies, all=len(grounds.verified), found=found)


def _verified(grounds: Grounds, language: Language) -> str:
    known = sorted(when for when in grounds.verified if when is not None)
    lacking = len(grounds.verified) - len(known)
    said = _between(known, VERIFIED_ON, VERIFIED_BETWEEN, language) if known else ""
    if not lacking:
        return said
    copies = things("copy", lacking, language)
    return said + translated(NOT_VERIFIED, language).format(copies=copies, all=len(grounds.verified))


def kept_for(grounds: Grounds, language: Language = "fr") -> str:
    """Return how long logs were kept: about twelve months only of a source that had them when the quarter began."""
    limit = duration(grounds.limit, language)
    whole = translated(TWELVE_MONTHS if grounds.usual_limit else FOR_THE_LIMIT, language).format(limit=limit)
    if not grounds.joined:
        return whole
    joined = sorted(grounds.joined)
    since = SINCE_ONE if len(joined) == 1 else SINCE_ONE_DAY
    said = _between(joined, since, SINCE_SEVERAL, language)
    old = grounds.sources - len(joined)
    if not old:
        return said
    of_old, of_young = things("source", old, language), things("source", len(joined), language)
    return translated(BOTH, language).format(whole=whole, old=of_old, since=said, young=of_young)


def _counted(kind: str, number: int, grounds: Grounds, language: Language) -> str:
    said = things(kind, number, language)
    if kind != "host" or grounds.hosts <= number:
        return said
    return translated(OF_HOSTS, language).format(hosts=said, declared=grounds.hosts)


def _between(days: Sequence[date], on: str, between: str, language: Language) -> str:
    if days[0] == days[-1]:
        return translated(on, language).format(day=day(days[0], language))
    return translated(between, language).format(first=day(days[0], language), last=day(days[-1], language))


def _joined(parts: Sequence[str], language: Language) -> str:
    last = translated(" et ", language)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}{last}{parts[-1]}"
