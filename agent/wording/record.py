"""The record (procès-verbal) of a restore exercise, as a page of French text: who, why, what came back, how fast."""

from collections.abc import Iterable, Mapping

from agent.restores.comparison import Comparison
from agent.restores.exercise import NO_POINT, Drill, ExerciseOutcome
from agent.wording.cluster_record import cluster_lines
from agent.wording.inert import inert
from agent.wording.quantities import duration, grouped, instant, size
from agent.wording.reasons.every import reason_words

ENDINGS = {
    ExerciseOutcome.OK: "réussi",
    ExerciseOutcome.FAILED: "échoué",
    ExerciseOutcome.UNPROVEN: "non concluant",
}
WHAT: Mapping[str, str] = {
    "absent": "manque",
    "type": "n'est pas de la bonne nature",
    "size": "n'a pas la bonne taille",
    "mode": "n'a pas les bons droits",
    "owner": "n'a pas le bon propriétaire",
    "time": "n'a pas la bonne date",
    "link": "n'est plus un lien physique",
    "target": "est un lien vers autre chose",
    "attributes": "n'a pas les bons attributs étendus",
    "content": "n'a pas le contenu de la source, pourtant inchangée",
    "opening": "ne s'ouvre pas (base de données ou export)",
    "count": "des entrées de trop ont été restaurées",
}


def record(done: Drill) -> str:
    """Return the record, lines of text; nothing that was read from outside can steer a terminal with it."""
    return "\n".join(inert(line, 1000) for line in _lines(done)) + "\n"


def _lines(one: Drill) -> Iterable[str]:
    seen = one.comparison or Comparison()
    yield "PROCÈS-VERBAL D'EXERCICE DE RESTAURATION"
    yield ""
    yield f"Sauvegarde et copie : {one.request.copy.subject} (source : {one.request.copy.host})"
    yield f"Étendue : {'source entière' if one.request.full else 'échantillon de fichiers tirés au sort'}"
    yield f"Début : {instant(one.begun, 'fr')}"
    yield f"Auteur : {one.request.author}"
    yield f"Motif : {one.request.reason}"
    yield f"Résultat : {ENDINGS[one.ending]}{_why(one)}"
    if one.detail == NO_POINT:
        yield "Constat : la copie répond, et ne contient aucun point de reprise de cette source"
    elif one.detail:
        yield f"Constat de l'outil : {one.detail}"
    yield ""
    if one.recovery_point is not None:
        age = max(0.0, (one.begun - one.recovery_point).total_seconds())
        yield f"Point de reprise : {instant(one.recovery_point, 'fr')}, vieux de {duration(age, 'fr')}"
        yield f"Instantané : {', '.join(one.snapshots)}"
        yield f"Durée de la restauration, relecture comprise : {duration(one.seconds, 'fr')}"
        yield f"Restauré : {grouped(seen.files, 'fr')} fichiers, {size(seen.bytes, 'fr')}"
        if seen.entries:
            yield from _compared(one)
        yield ""
    if one.cluster is not None:
        yield from cluster_lines(one.cluster)
        yield ""
    yield from _differences(seen)
    yield from _remarks(seen)
    if one.tried is not None:
        yield f"Essai applicatif : {'réussi' if one.tried == 'ok' else 'échoué (' + one.tried + ')'}"
    for register, entry in one.entries:
        yield f"Registre {register} : inscription {entry}"
    yield f"Outil : {one.version or 'inconnu'}"


def _why(one: Drill) -> str:
    if one.ending is not ExerciseOutcome.OK:
        return f", {reason_words(one.reason, 'fr')}"
    return ", avec remarques" if one.remarks else ""


def _compared(one: Drill) -> Iterable[str]:
    seen = one.comparison or Comparison()
    entries = grouped(seen.entries, "fr")
    yield f"Comparées au point de reprise : {entries} entrées (noms, natures, tailles, droits, dates)"
    yield "Contenus relus et comparés aux empreintes du point de reprise : tous"
    yield (
        f"Ouverts selon leur type : {grouped(seen.opened, 'fr')} ; ne s'ouvrent pas : {grouped(seen.unopened, 'fr')}"
    )
    yield f"Propriétaires comparés : {'oui' if one.owners else 'non, restauration faite sans droits de root'}"
    if not one.live:
        yield "Comparaison à la source : non faite, on ne sait pas où se trouve ce que contient le point de reprise"
        return
    yield f"Identiques à la source, inchangée depuis : {grouped(seen.compared, 'fr')}"
    yield f"Modifiés ou supprimés dans la source depuis : {grouped(seen.changed_since, 'fr')}"
    if seen.unread_live:
        because = "" if seen.unread_because is None else f" ({reason_words(seen.unread_because, 'fr')})"
        yield f"Non comparés, car illisibles dans la source : {grouped(seen.unread_live, 'fr')}{because}"
    if seen.filled:
        yield f"Fichiers creux devenus pleins : {grouped(seen.filled, 'fr')}"


def _differences(seen: Comparison) -> Iterable[str]:
    if not seen.differing:
        return
    yield f"Écarts : {grouped(seen.differing, 'fr')}"
    for one in seen.differences:
        yield f"  {one.file or '/'} : {WHAT.get(one.what, one.what)}"


def _remarks(seen: Comparison) -> Iterable[str]:
    others = seen.unopened - sum(one.what == "opening" for one in seen.differences)
    if seen.not_opening:
        yield f"Remarque, sans effet sur le résultat : fichiers qui ne s'ouvrent pas : {grouped(others, 'fr')}"
        yield from (f"  {file}" for file in seen.not_opening)
    if seen.opening_cut:
        yield "Remarque : tous les fichiers n'ont pas pu être ouverts dans le temps imparti"
