"""web-filtering: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.network import WEB

TARGET = TargetWords(
    title=Words(fr="Filtrage web", en="Web filtering"),
    says=Words(fr="Filtrage web (article 5).", en="Web filtering (article 5)."),
    measured=Words(
        fr="Par catégorie bloquée : une adresse d'essai, réellement demandée, est refusée.",
        en="Per blocked category: a test address, really asked for, is refused.",
    ),
    mend=Words(
        fr="Vérifier que le trafic passe par le filtre et que la catégorie y est bloquée.",
        en="Check that traffic goes through the filter and that the category is blocked there.",
    ),
    frame=Frame(iso="8.23 filtrage web", anssi="22 passerelle d'accès à Internet", cnil="fiche 8"),
    held="les adresses d'essai des catégories bloquées étaient refusées",
    phrases=WEB,
)
