"""The frames of reference that each target bears on: ISO/IEC 27002:2022, ANSSI's guide d'hygiène, CNIL and GDPR.

Sources: ISO/IEC 27001:2022 Annex A, whose A.x.y is 27002:2022's x.y; ANSSI, «Guide d'hygiène informatique», version 2;
CNIL, «Guide de la sécurité des données personnelles», edition of 2024, by the number of its sheet.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Hold what one target bears on in each frame of reference; an empty text: nothing there."""

    iso: str
    anssi: str
    cnil: str


_LOGS = (
    "8.15 journalisation ; 8.17 synchronisation des horloges ; 8.10 suppression ; 5.33 protection des enregistrements"
)

FRAMES = MappingProxyType(
    {
        "backup-rpo": Frame(
            iso="8.13 sauvegarde des informations", anssi="37 politique de sauvegarde", cnil="fiche 17 ; RGPD, art. 32"
        ),
        "backup-offsite": Frame(
            iso="8.13 sauvegarde ; 8.14 redondance",
            anssi="37 politique de sauvegarde",
            cnil="fiche 17 ; RGPD, art. 32 et 44",
        ),
        "backup-rto": Frame(
            iso="5.29, 5.30 continuité d'activité ; 8.13",
            anssi="37 politique de sauvegarde",
            cnil="fiche 18 ; RGPD, art. 32(1)c",
        ),
        "recovery-test": Frame(
            iso="5.30 préparation des TIC à la continuité ; 8.13",
            anssi="37 (renforcé) exercice annuel de restauration",
            cnil="fiche 18 ; RGPD, art. 32(1)d",
        ),
        "log-retention": Frame(
            iso=_LOGS,
            anssi="36 journaux des composants importants",
            cnil="fiche 16 ; délibération 2021-122 ; RGPD, art. 5(1)e",
        ),
        "log-collection": Frame(
            iso="8.15 journalisation ; 8.16 surveillance ; 8.17 horloges",
            anssi="36 journaux ; 40 gestion des incidents",
            cnil="fiches 16 et 19",
        ),
        "endpoint-protection": Frame(
            iso="8.7 protection contre les programmes malveillants ; 8.1",
            anssi="14 niveau de sécurité minimal",
            cnil="fiches 6 et 9",
        ),
        "patching": Frame(
            iso="8.8 vulnérabilités techniques ; 8.19 ; 8.32",
            anssi="34 mises à jour ; 35 fin de maintenance",
            cnil="fiche 9",
        ),
        "vulnerability-scan": Frame(
            iso="8.8 vulnérabilités techniques ; 5.36",
            anssi="38 (renforcé) contrôles et audits",
            cnil="RGPD, art. 32(1)d",
        ),
        "penetration-test": Frame(
            iso="5.35 revue indépendante ; 8.8 ; 8.34",
            anssi="38 (renforcé) contrôles et audits",
            cnil="RGPD, art. 32(1)d",
        ),
        "strong-authentication": Frame(
            iso="8.5 authentification sécurisée ; 5.17 ; 8.2 ; 6.7",
            anssi="13 authentification forte ; 8",
            cnil="fiche 4",
        ),
        "access-revocation": Frame(
            iso="5.18 droits d'accès ; 6.5 ; 5.16 gestion des identités",
            anssi="6 arrivées et départs ; 5 et 9",
            cnil="fiche 5",
        ),
        "network-segmentation": Frame(
            iso="8.20, 8.21 sécurité des réseaux ; 8.22 cloisonnement",
            anssi="19 segmentation ; 23 ; 25 ; 28",
            cnil="fiche 8",
        ),
        "web-filtering": Frame(iso="8.23 filtrage web", anssi="22 passerelle d'accès à Internet", cnil="fiche 8"),
        "incident-report": Frame(
            iso="5.24 à 5.28 gestion des incidents ; 6.8", anssi="40 gestion des incidents", cnil="fiche 19"
        ),
        "breach-dpo": Frame(
            iso="5.34 protection des données personnelles ; 5.26",
            anssi="40 gestion des incidents",
            cnil="fiche 19 ; RGPD, art. 33(2) et 33(5)",
        ),
        "breach-cnil": Frame(
            iso="5.34 protection des données personnelles ; 5.5 relations avec les autorités",
            anssi="40 gestion des incidents",
            cnil="fiche 19 ; RGPD, art. 33(1) et 34",
        ),
        "restore-reason": Frame(
            iso="5.34 protection des données personnelles ; 8.13",
            anssi="37 politique de sauvegarde",
            cnil="fiche 17 ; RGPD, art. 5(2)",
        ),
        "backup-lifecycle": Frame(
            iso="8.10 suppression des informations ; 8.13", anssi="37 politique de sauvegarde", cnil="RGPD, art. 5(1)e"
        ),
        "gdpr-audit": Frame(
            iso="5.34 ; 5.35 revue indépendante ; 5.22", anssi="3 infogérance", cnil="fiche 14 ; RGPD, art. 28(3)h"
        ),
        "awareness": Frame(
            iso="6.3 sensibilisation et formation",
            anssi="2 sensibiliser les utilisateurs",
            cnil="fiche 3 ; RGPD, art. 39",
        ),
        "storage-quota": Frame(iso="8.6 dimensionnement", anssi="", cnil=""),
        "convention-review": Frame(
            iso="5.19, 5.20, 5.22 relations avec les fournisseurs",
            anssi="3 infogérance",
            cnil="fiche 14 ; RGPD, art. 28",
        ),
    }
)
