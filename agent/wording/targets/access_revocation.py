"""access-revocation: what is said of it (convention, article 5)."""

from agent.wording.entries import Due, Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.access import REVOCATION

TARGET = TargetWords(
    title=Words(fr="Retrait des droits au départ", en="Rights removed on departure"),
    says=Words(
        fr="Droits révoqués dans un délai cible de 24 heures après un départ, "
        "identités gérées de façon centralisée (article 5).",
        en="Rights revoked within a target of 24 hours after a departure, identities managed centrally (article 5).",
    ),
    measured=Words(
        fr="Par départ : temps jusqu'au dernier droit retiré sur chaque système surveillé.",
        en="Per departure: time until the last right is removed on every watched system.",
    ),
    mend=Words(
        fr="Retirer les comptes et clés nommés sur chaque hôte ; inscrire les départs (register add departure).",
        en="Remove the accounts and keys named on each host; enter departures (register add departure).",
    ),
    frame=Frame(
        iso="5.18 droits d'accès ; 6.5 ; 5.16 gestion des identités",
        anssi="6 arrivées et départs ; 5 et 9",
        cnil="fiche 5",
    ),
    due=Due(
        one="départ demandait un retrait de droits",
        several="départs demandaient un retrait de droits",
        none="aucun départ ne demandait un retrait de droits",
    ),
    phrases=REVOCATION,
)
