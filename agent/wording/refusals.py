"""What a page says that refuses: a title, and a sentence for each status."""

from agent.wording.languages import Words

STATUS_PAGE = Words(fr="Tous les objectifs", en="All targets")

REFUSALS = {
    401: (
        Words(fr="Identification requise", en="A name and a password are needed"),
        Words(
            fr="Cette page n'est montrée qu'aux personnes qui donnent un nom et un mot de passe reconnus.",
            en="This page is shown only to those who give a name and a password that are known here.",
        ),
    ),
    403: (
        Words(fr="Accès refusé", en="Access refused"),
        Words(
            fr="Ce nom ne donne pas accès à cette page : chacun voit seulement son propre bénéficiaire.",
            en="This name opens no such page: each reader sees its own beneficiary only.",
        ),
    ),
    404: (
        Words(fr="Page introuvable", en="There is no such page"),
        Words(fr="Rien ne se trouve à cette adresse.", en="There is nothing at this address."),
    ),
}
