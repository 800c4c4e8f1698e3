"""The words of what a target's sentence rests on: how many things, which verification, how young a source. French."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from agent.core.convention import CLAUSES, BetterSide
from agent.wording.quantities import day, duration, quantity

# A thing that a target is measured on, in the singular and in the plural, as a sentence counts it.
THINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "host": ("machine", "machines"),
        "backup": ("sauvegarde", "sauvegardes"),
        "copy": ("copie", "copies"),
        "source": ("source de journaux", "sources de journaux"),
        "flow": ("flux", "flux"),
        "filter": ("filtre web", "filtres web"),
        "perimeter": ("périmètre", "périmètres"),
    }
)
# Instead of a target's own words, which say what the convention asks.
LOOSENED = "l'objectif adapté ({limit}) était respecté"
ALERT_PATH = "la chaîne d'alerte"
RESTS_ON = "Ce résultat repose sur {things}."
OF_HOSTS = "{hosts} (sur {declared} déclarées)"
PLACE_DECLARED = "Site déclaré, non constaté, pour {copies} sur {all}."
VERIFIED_ON = ", faite le {day}"
VERIFIED_BETWEEN = ", faite entre le {first} et le {last}"
NOT_VERIFIED = ", dont la date n'est pas connue pour {copies} sur {all}"
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
    any of them, `loosened`: it asks less than the convention does.
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
    loosened: bool = False


def rests_on(grounds: Grounds) -> str:
    """Return how many things a result rests on, in sentences; empty where it rests on none that is counted."""
    parts = [_counted(kind, number, grounds) for kind, number in grounds.things if number]
    parts += [ALERT_PATH] if grounds.alert_path else []
    said = [RESTS_ON.format(things=_joined(parts))] if parts else []
    if grounds.declared_places:
        said.append(PLACE_DECLARED.format(copies=things("copy", grounds.declared_places), all=grounds.copies))
    return " ".join(said)


def things(kind: str, number: int) -> str:
    """Return a number of things of one kind."""
    one, several = THINGS[kind]
    return f"{number} {one if number < 2 else several}"


def held_words(words: str, target: str, grounds: Grounds) -> str:
    """Return what held on the days that were met: where the limit was loosened, that limit and nothing beyond it."""
    if grounds.loosened and "{kept}" not in words:
        return LOOSENED.format(limit=limit_of(target, grounds.limit))
    return words.format(verified=verified(grounds), kept=kept_for(grounds))


def limit_of(target: str, limit: float) -> str:
    """Return a limit of a target with its side, such as `≤ 24 h`."""
    clause = CLAUSES[target]
    shown = quantity(limit, clause.unit, "fr")
    whole = clause.unit == "ratio" and limit == 1
    return shown if whole else f"{'≤' if clause.better is BetterSide.LOWER else '≥'} {shown}"


def verified(grounds: Grounds) -> str:
    """Return when the last verification of each copy was made, to stand behind «à leur dernière vérification».

    Where a later one found damage, it is said to be the last sound one, and what was found since.
    """
    when = _verified(grounds)
    if not grounds.damaged:
        return when
    found = _between(sorted(grounds.damaged), FOUND_ON, FOUND_BETWEEN)
    copies = things("copy", len(grounds.damaged))
    return LAST_SOUND.format(when=when, copies=copies, all=len(grounds.verified), found=found)


def _verified(grounds: Grounds) -> str:
    known = sorted(when for when in grounds.verified if when is not None)
    lacking = len(grounds.verified) - len(known)
    said = _between(known, VERIFIED_ON, VERIFIED_BETWEEN) if known else ""
    if not grounds.verified or lacking:
        return said + NOT_VERIFIED.format(copies=things("copy", lacking), all=len(grounds.verified)) if lacking else ""
    return said


def kept_for(grounds: Grounds) -> str:
    """Return how long logs were kept: about twelve months only of a source that had them when the quarter began."""
    limit = duration(grounds.limit, "fr")
    whole = (TWELVE_MONTHS if grounds.usual_limit else FOR_THE_LIMIT).format(limit=limit)
    if not grounds.joined:
        return whole
    joined = sorted(grounds.joined)
    since = SINCE_ONE if len(joined) == 1 else SINCE_ONE_DAY
    said = _between(joined, since, SINCE_SEVERAL)
    old = grounds.sources - len(joined)
    if not old:
        return said
    return BOTH.format(whole=whole, old=things("source", old), since=said, young=things("source", len(joined)))


def _counted(kind: str, number: int, grounds: Grounds) -> str:
    said = things(kind, number)
    if kind != "host" or grounds.hosts <= number:
        return said
    return OF_HOSTS.format(hosts=said, declared=grounds.hosts)


def _between(days: Sequence[date], on: str, between: str) -> str:
    if days[0] == days[-1]:
        return on.format(day=day(days[0], "fr"))
    return between.format(first=day(days[0], "fr"), last=day(days[-1], "fr"))


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}"
