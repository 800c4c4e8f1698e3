"""storage-quota: what is said of it (convention, article 7)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import QUOTA
from agent.wording.reasons.of_backups import OF_BACKUPS

TARGET = TargetWords(
    title=Words(fr="Espace de stockage", en="Storage"),
    says=Words(
        fr="1 To de stockage compris dans le prix annuel (article 7).",
        en="1 TB of storage within the yearly price (article 7).",
    ),
    measured=Words(
        fr="Octets occupés par les sources du bénéficiaire, sauvegardes non comprises, à titre d'information.",
        en="Bytes used by the beneficiary's sources, backups apart, for information.",
    ),
    mend=Words(
        fr="Trier les données, ou convenir d'un autre volume.", en="Sort out the data, or agree on another volume."
    ),
    frame=Frame(
        iso=Words(fr="8.6 dimensionnement", en="8.6 capacity management"),
        anssi=Words(fr="", en=""),
        cnil=Words(fr="", en=""),
    ),
    phrases=QUOTA,
    reasons=OF_BACKUPS,
)
