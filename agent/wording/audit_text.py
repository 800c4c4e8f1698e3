"""The record of an audit by draws as a page of text: who, which seed, what was read, what it proves and what not."""

from collections.abc import Iterable

from agent.core.facts.copy_audit import AuditOutcome, CopyAudit
from agent.core.reason import Reason
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.quantities import duration, instant, number, size
from agent.wording.reasons.every import reason_words

# So many bad pieces are named; the JSON names all.
NAMED = 20

TITLE = Words(fr="PROCÈS-VERBAL D'AUDIT PAR TIRAGE AU SORT", en="RECORD OF AN AUDIT BY RANDOM DRAWS")
COPY = Words(fr="Sauvegarde et copie : {copy} (source : {host})", en="Backup and copy: {copy} (source: {host})")
SITE = Words(fr="Site déclaré de la copie : {site}", en="Declared site of the copy: {site}")
ON_SITE = Words(
    fr="Attention : cette copie n'est pas déclarée hors site.", en="Caution: this copy is not declared to be off site."
)
BY = Words(fr="Auteur : {by}", en="Author: {by}")
BEGUN = Words(fr="Début : {begun}, durée {took}", en="Begun: {begun}, took {took}")
SEED = Words(fr="Graine : {seed}", en="Seed: {seed}")
DRAWS = Words(
    fr="Tirages : {draws}, qui désignent {distinct} éléments différents",
    en="Draws: {draws}, on {distinct} different pieces",
)
LISTED = Words(
    fr="Tirés parmi : {listed} éléments, {bytes}, d'après l'index de la copie (empreinte {digest})",
    en="Drawn from: {listed} pieces, {bytes}, by the copy's own index (digest {digest})",
)
READ = Words(
    fr="Relus et authentiques : {sound} éléments, {bytes} ({exact} octets)",
    en="Read back and authentic: {sound} pieces, {bytes} ({exact} bytes)",
)
RESULT = Words(fr="Résultat : {outcome}", en="Result: {outcome}")
OUTCOMES = {
    AuditOutcome.SOUND: Words(fr="intact, tout ce qui a été tiré a été relu", en="sound, all that was drawn was read"),
    AuditOutcome.DAMAGED: Words(fr="endommagé", en="damaged"),
    AuditOutcome.UNPROVEN: Words(fr="non démontré", en="unproven"),
}
MISSED = Words(fr="Endommagés ou absents : {count}", en="Damaged or gone: {count}")
UNREAD = Words(fr="Non relus : {count}", en="Not read: {count}")
MORE = Words(fr="  et {count} autres", en="  and {count} more")
PROVES = Words(fr="Ce que cet audit prouve", en="What this audit proves")
NOTHING = Words(
    fr="  Rien : tout ce qui a été tiré n'a pas pu être relu.", en="  Nothing: not all that was drawn could be read."
)
LOSS = Words(
    fr="  Une perte : ce qui est nommé ci-dessus ne peut plus être restauré depuis cette copie.",
    en="  A loss: what is named above can no longer be restored from this copy.",
)
WHOLE_LOSS = Words(
    fr="  Une perte : dans l'état où elle a été vue, cette copie ne permet pas de restaurer.",
    en="  A loss: as this copy was seen, nothing can be restored from it.",
)
BOUND = Words(
    fr="  Si {lost} % des octets de cette copie étaient perdus ou altérés, ce contrôle l'aurait vu avec {confidence} % "
    "de probabilité.",
    en="  If {lost} % of this copy's bytes were lost or altered, this audit would have seen it with a probability of "
    "{confidence} %.",
)
LIMITS = Words(fr="Ce qu'il ne prouve pas", en="What it does not prove")
DOES_NOT = (
    Words(
        fr="  Que rien n'est perdu : une perte plus petite peut échapper au tirage.",
        en="  That nothing is lost: a smaller loss may escape the draws.",
    ),
    Words(
        fr="  Que l'index nomme tout ce dont les points de reprise ont besoin : « beffroi verify » le vérifie.",
        en="  That the index names all that the recovery points need: `beffroi verify` checks that.",
    ),
    Words(
        fr="  Que la source a été sauvegardée en entier, ni qu'une restauration tient son délai : voir l'exercice.",
        en="  That the whole source was backed up, or that a restore is fast enough: see the drill.",
    ),
    Words(
        fr="  Que la graine a été choisie après coup : c'est à celui qui l'a choisie de reconnaître la sienne.",
        en="  That the seed was not known beforehand: the one who chose it must recognise it.",
    ),
)
AGAIN = Words(
    fr="Pour refaire le tirage : beffroi audit draws {copy} --seed {seed} --draws {draws}",
    en="To draw again: beffroi audit draws {copy} --seed {seed} --draws {draws}",
)
ENTRY = Words(fr="Registre audit-draw : inscription {entry}", en="Register audit-draw: entry {entry}")
TOOL = Words(fr="Outil : {version}", en="Tool: {version}")
UNKNOWN = Words(fr="inconnu", en="unknown")


def audit_text(done: CopyAudit, language: Language) -> str:
    """Return the record, lines of text; nothing that was read from outside can steer a terminal with it."""
    return "\n".join(inert(line, 1000) for line in _lines(done, language)) + "\n"


def _lines(done: CopyAudit, language: Language) -> Iterable[str]:
    copy, request = done.request.copy, done.request
    yield TITLE.of(language)
    yield ""
    yield COPY.of(language).format(copy=copy.subject, host=copy.host)
    if copy.site is not None:
        yield SITE.of(language).format(site=copy.site)
    if not copy.offsite:
        yield ON_SITE.of(language)
    yield BY.of(language).format(by=request.by)
    took = duration(done.ended - done.begun, language)
    yield BEGUN.of(language).format(begun=instant(done.begun, language), took=took)
    yield SEED.of(language).format(seed=request.seed)
    yield from _drawn(done, language)
    yield ""
    yield RESULT.of(language).format(outcome=OUTCOMES[done.outcome].of(language)) + _why(done, language)
    yield from _bad(done, language)
    yield ""
    yield from _proof(done, language)
    yield ""
    yield AGAIN.of(language).format(copy=copy.subject, seed=request.seed, draws=request.draws)
    if done.entry:
        yield ENTRY.of(language).format(entry=done.entry)
    yield TOOL.of(language).format(version=done.version or UNKNOWN.of(language))


def _drawn(done: CopyAudit, language: Language) -> Iterable[str]:
    distinct = number(len(set(done.drawn)), language)
    yield DRAWS.of(language).format(draws=number(done.request.draws, language), distinct=distinct)
    if done.list_digest:
        yield LISTED.of(language).format(
            listed=number(done.listed, language), bytes=size(done.bytes_listed, language), digest=done.list_digest
        )
    sound = len(done.readings) - len(done.missed) - len(done.unread)
    yield READ.of(language).format(
        sound=number(sound, language), bytes=size(done.bytes_read, language), exact=done.bytes_read
    )


def _why(done: CopyAudit, language: Language) -> str:
    if done.outcome is AuditOutcome.SOUND:
        return ""
    if done.reason is Reason.DAMAGED and not done.detail:
        return ""
    why = f", {reason_words(done.reason, language)}"
    return f"{why} ({done.detail})" if done.detail else why


def _bad(done: CopyAudit, language: Language) -> Iterable[str]:
    for head, found in ((MISSED, done.missed), (UNREAD, done.unread)):
        if not found:
            continue
        yield head.of(language).format(count=number(len(found), language))
        for one in found[:NAMED]:
            yield f"  {one.unit.name}, {reason_words(one.reason, language)}"
        if len(found) > NAMED:
            yield MORE.of(language).format(count=number(len(found) - NAMED, language))


def _proof(done: CopyAudit, language: Language) -> Iterable[str]:
    yield PROVES.of(language)
    if done.outcome is AuditOutcome.DAMAGED:
        yield (LOSS if done.missed else WHOLE_LOSS).of(language)
    elif done.outcome is AuditOutcome.UNPROVEN:
        yield NOTHING.of(language)
    else:
        lost, seen = round(done.bound.lost * 100), round(done.bound.confidence * 100)
        yield BOUND.of(language).format(lost=lost, confidence=seen)
    yield LIMITS.of(language)
    yield from (one.of(language) for one in DOES_NOT)
