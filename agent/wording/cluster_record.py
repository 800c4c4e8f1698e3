"""What the record of an exercise says of a database cluster that was started: what answered, and what was not seen."""

from collections.abc import Iterable

from agent.restores.clusters.findings import ClusterFindings, DatabaseCount, lsn_text
from agent.wording.quantities import grouped, instant

SHOWN_AT_MOST = 20


def cluster_lines(one: ClusterFindings) -> Iterable[str]:
    """Yield the lines on a cluster that was started and asked."""
    yield f"Serveur démarré : PostgreSQL {one.server}, sur une socket privée, sans réseau, puis arrêté"
    replayed, wanted = lsn_text(one.replayed), lsn_text(one.wanted)
    if one.whole and one.missing:
        end = f"fin de l'archive non atteinte (le segment {one.missing} manque, d'autres le suivent)"
    elif one.whole:
        end = "fin de l'archive atteinte"
    elif one.replayed > one.wanted:
        end = "fin de l'archive non atteinte (le dernier segment contient une suite, illisible)"
    else:
        end = f"fin de l'archive non atteinte (attendu au-delà de {wanted})"
    yield f"Journaux (WAL) rejoués jusqu'à la position {replayed} : {end}"
    if one.committed is not None:
        yield f"Dernière transaction rejouée : {instant(one.committed, 'fr')}"
    databases = one.databases
    tables, rows = sum(each.tables for each in databases), sum(each.rows for each in databases)
    counted = f"tables comptées : {grouped(tables, 'fr')} ; lignes : {grouped(rows, 'fr')}"
    yield f"Bases qui ont répondu : {grouped(len(databases), 'fr')} ; {counted}"
    yield from (_database(each) for each in databases[:SHOWN_AT_MOST])
    if len(databases) > SHOWN_AT_MOST:
        yield f"  autres bases : {grouped(len(databases) - SHOWN_AT_MOST, 'fr')}"
    yield from _listed("Illisibles", one.damaged)
    yield from _listed("Non comptées", one.uncounted)
    unlogged = sum(each.unlogged for each in databases)
    if unlogged:
        yield f"Tables non journalisées, vides après toute restauration : {grouped(unlogged, 'fr')}"
    unlisted = "sans liste complète : un fichier tronqué ne se voit pas"
    listed = "comparés à la liste de la sauvegarde" if one.listed else unlisted
    yield f"Fichiers de la sauvegarde de base : {listed}"
    sums = "vérifiées à la lecture" if one.checksums else "absentes : un octet changé dans une page ne se voit pas"
    yield f"Sommes de contrôle des pages : {sums}"
    yield "Non vérifié : le contenu des lignes (comptées, non comparées à la source), les index, les droits et réglages"


def _database(one: DatabaseCount) -> str:
    return f"  {one.name} (tables : {grouped(one.tables, 'fr')} ; lignes : {grouped(one.rows, 'fr')})"


def _listed(title: str, said: tuple[str, ...]) -> Iterable[str]:
    if said:
        yield f"{title} : {grouped(len(said), 'fr')}"
        yield from (f"  {one}" for one in said[:SHOWN_AT_MOST])
