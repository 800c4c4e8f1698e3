"""The words of the filter bar, of a host's page, of a curve, and of a page's zone and renewal."""

from agent.core.duties.host_relations import HostRole
from agent.wording.languages import Words

SHOWN = Words(fr="Afficher", en="Show")
EVERYTHING = Words(fr="tout", en="everything")
FILTERED = Words(fr="Filtre", en="Filter")
REMOVE = Words(fr="retirer ce filtre", en="remove this filter")
NOTHING_LEFT = Words(fr="Aucun constat ne répond à ce filtre.", en="No finding matches this filter.")
BY_HOST = Words(fr="Par hôte", en="By host")
BY_TARGET = Words(fr="Par objectif", en="By target")
BY_BENEFICIARY = Words(fr="Par bénéficiaire", en="By beneficiary")
HOST = Words(fr="hôte", en="host")
HOST_PAGE = Words(fr="Tout sur l'hôte {host}", en="Everything about host {host}")
TARGET = Words(fr="objectif", en="target")
BENEFICIARY = Words(fr="bénéficiaire", en="beneficiary")
NOTHING_EXPECTED = Words(fr="Rien n'est attendu de cet hôte.", en="Nothing is expected of this host.")
VERDICTS = Words(fr="Constats", en="Findings")
REFRESHED = Words(
    fr="Cette page se renouvelle toutes les cinq minutes.", en="This page renews itself every five minutes."
)
STOP = Words(fr="Ne plus la renouveler", en="Stop renewing it")
STILL = Words(fr="Cette page ne se renouvelle pas.", en="This page does not renew itself.")
RESUME = Words(fr="La renouveler toutes les cinq minutes", en="Renew it every five minutes")
ZONE = Words(fr="heure de Paris", en="Paris time")
CURVE = Words(fr="Ce qui a été mesuré", en="What was measured")
CURVE_EXPLAINED = Words(
    fr="La plus mauvaise mesure inscrite chaque jour au registre des preuves ; un jour sans mesure est un vide.",
    en="The worst measurement that the ledger holds of each day; a day without one is a gap.",
)
FIGURES = Words(fr="Les chiffres, jour par jour", en="The figures, day by day")
DAY = Words(fr="Jour", en="Day")
TOP = Words(fr="au plus haut", en="at most")

ROLES = {
    HostRole.ITSELF: Words(fr="L'hôte lui-même", en="The host itself"),
    HostRole.BACKED_UP: Words(fr="Ses sauvegardes", en="Its backups"),
    HostRole.KEEPS: Words(fr="Les copies conservées sur cet hôte", en="Copies kept on this host"),
    HostRole.COLLECTS: Words(fr="Les journaux collectés sur cet hôte", en="Logs collected on this host"),
    HostRole.SENDS: Words(fr="Les journaux qu'il émet", en="Logs that it sends"),
    HostRole.NETWORK: Words(fr="Flux et filtrage du réseau", en="Network flows and filtering"),
}
