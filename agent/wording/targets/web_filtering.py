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
    frame=Frame(
        iso=Words(fr="8.23 filtrage web", en="8.23 web filtering"),
        anssi=Words(fr="22 passerelle d'accès à Internet", en="22 Internet gateway"),
        cnil=Words(fr="fiche 8", en="sheet 8"),
    ),
    held=Words(
        fr="les adresses d'essai des catégories bloquées étaient refusées",
        en="the test addresses of the blocked categories were refused",
    ),
    phrases=WEB,
)
