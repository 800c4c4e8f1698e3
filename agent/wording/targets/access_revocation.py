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
    unmeasured=Words(
        fr="Les droits tenus ailleurs que par les comptes des machines : VPN, consoles web, partages de fichiers, "
        "bases de données. La gestion centralisée des identités : la part des comptes locaux de personnes n'est pas "
        "comptée.",
        en="Rights held elsewhere than by accounts of the machines: VPN, web consoles, file shares, databases. "
        "Identities managed centrally: the share of local accounts of people is not counted.",
    ),
    mend=Words(
        fr="Retirer les comptes et clés nommés sur chaque hôte ; inscrire les départs (register add departure).",
        en="Remove the accounts and keys named on each host; enter departures (register add departure).",
    ),
    frame=Frame(
        iso=Words(
            fr="5.18 droits d'accès ; 6.5 ; 5.16 gestion des identités",
            en="5.18 access rights; 6.5; 5.16 identity management",
        ),
        anssi=Words(fr="6 arrivées et départs ; 5 et 9", en="6 joiners and leavers; 5 and 9"),
        cnil=Words(fr="fiche 5", en="sheet 5"),
    ),
    due=Due(
        one=Words(fr="départ demandait un retrait de droits", en="departure called for access to be removed"),
        several=Words(fr="départs demandaient un retrait de droits", en="departures called for access to be removed"),
        none=Words(
            fr="aucun départ ne demandait un retrait de droits", en="no departure called for access to be removed"
        ),
    ),
    phrases=REVOCATION,
)
