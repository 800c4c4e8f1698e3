"""ANSSI's fundamentals of backup as a frame of reference: what this program measures of them, and what it does not.

Source: ANSSI-BP-100, «Sauvegarde des systèmes d'information, les fondamentaux», version 1.0 of 18 October 2023. Each
recommendation is named in our words and without a number: the text itself is to be read at its source.
"""

from dataclasses import dataclass
from enum import Enum

from agent.wording.languages import Words


class GuideStanding(Enum):
    """How much is known of a recommendation: seen by looks, said by the configuration or registers, or neither."""

    MEASURED = Words(fr="mesuré", en="measured")
    PARTLY = Words(fr="mesuré en partie", en="measured in part")
    DECLARED = Words(fr="déclaré", en="declared")
    OUT_OF_SIGHT = Words(fr="hors de vue", en="out of sight")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideRow:
    """One recommendation in our words, how much is known of it, and what shows it."""

    says: Words
    standing: GuideStanding
    shown: Words


GUIDE = (
    GuideRow(
        says=Words(
            fr="Serveurs de sauvegarde dans une zone réseau à part",
            en="Backup servers in a network zone of their own",
        ),
        standing=GuideStanding.PARTLY,
        shown=Words(
            fr="les flux déclarés (network-segmentation), et eux seuls",
            en="the flows that are declared (network-segmentation), and no others",
        ),
    ),
    GuideRow(
        says=Words(
            fr="Comptes d'administration propres aux sauvegardes, hors de l'annuaire de production",
            en="Administration accounts of the backups' own, outside the production directory",
        ),
        standing=GuideStanding.OUT_OF_SIGHT,
        shown=Words(
            fr="rien : seuls les accès des machines surveillées sont lus (strong-authentication)",
            en="nothing: only the ways into watched hosts are read (strong-authentication)",
        ),
    ),
    GuideRow(
        says=Words(fr="Tout ce qui doit l'être est sauvegardé", en="Everything that has to be is backed up"),
        standing=GuideStanding.PARTLY,
        shown=Words(
            fr="backup-coverage, pour les machines qui le demandent",
            en="backup-coverage, for the hosts that ask for it",
        ),
    ),
    GuideRow(
        says=Words(fr="Sauvegardes régulières, selon les objectifs fixés", en="Regular backups, by the objectives set"),
        standing=GuideStanding.MEASURED,
        shown=Words(fr="backup-rpo", en="backup-rpo"),
    ),
    GuideRow(
        says=Words(fr="Supervision des sauvegardes, alerte en cas d'échec", en="Backups watched, failures alerted on"),
        standing=GuideStanding.MEASURED,
        shown=Words(
            fr="l'âge et la taille des points de reprise, et la chaîne d'alerte (log-collection)",
            en="the age and size of recovery points, and the alert path (log-collection)",
        ),
    ),
    GuideRow(
        says=Words(fr="Restaurations testées régulièrement", en="Restores tested regularly"),
        standing=GuideStanding.PARTLY,
        shown=Words(
            fr="les exercices faits par beffroi ; les autres sont déclarés (recovery-test, backup-rto)",
            en="exercises made by beffroi; others are declared (recovery-test, backup-rto)",
        ),
    ),
    GuideRow(
        says=Words(fr="Logiciels de sauvegarde tenus à jour", en="Backup software kept up to date"),
        standing=GuideStanding.PARTLY,
        shown=Words(
            fr="les paquets des machines surveillées (patching)",
            en="the packages of watched hosts (patching)",
        ),
    ),
    GuideRow(
        says=Words(fr="Une copie hors ligne ou immuable", en="An offline or immutable copy"),
        standing=GuideStanding.PARTLY,
        shown=Words(
            fr="le verrou promis (immutable) et ce que le compte de mesure pourrait effacer d'une copie "
            "(backup-offsite) ; un support débranché est hors de vue",
            en="the lock that is promised (immutable) and what the agent's account could delete of a copy "
            "(backup-offsite); an unplugged medium is out of sight",
        ),
    ),
    GuideRow(
        says=Words(fr="Une copie sur un autre site", en="A copy at another site"),
        standing=GuideStanding.MEASURED,
        shown=Words(fr="backup-offsite", en="backup-offsite"),
    ),
    GuideRow(
        says=Words(fr="Intégrité des sauvegardes vérifiée", en="Integrity of backups verified"),
        standing=GuideStanding.MEASURED,
        shown=Words(fr="la vérification des copies (backup-offsite)", en="the verification of copies (backup-offsite)"),
    ),
    GuideRow(
        says=Words(fr="Sauvegardes chiffrées, clés à part", en="Backups encrypted, keys kept apart"),
        standing=GuideStanding.DECLARED,
        shown=Words(
            fr="le programme de sauvegarde que la configuration nomme ; de fichiers déposés par un autre outil, rien "
            "n'est su",
            en="the backup program that the configuration names; of archives that another tool leaves nothing is known",
        ),
    ),
    GuideRow(
        says=Words(
            fr="Nécessaire de restauration (clés, programmes, catalogue) lui-même récupérable",
            en="The restore kit (keys, programs, catalogue) itself recoverable",
        ),
        standing=GuideStanding.PARTLY,
        shown=Words(
            fr="les fichiers de kit, cherchés dans une copie qui s'ouvre sans eux (backup-coverage)",
            en="what kit names, looked for in a copy that opens without it (backup-coverage)",
        ),
    ),
    GuideRow(
        says=Words(fr="Durée de conservation fixée et respectée", en="Retention set and kept to"),
        standing=GuideStanding.MEASURED,
        shown=Words(
            fr="backup-lifecycle, selon la durée déclarée", en="backup-lifecycle, by the retention that is declared"
        ),
    ),
    GuideRow(
        says=Words(
            fr="Externalisation : lieu et garanties du prestataire",
            en="Outsourcing: the provider's place and guarantees",
        ),
        standing=GuideStanding.DECLARED,
        shown=Words(
            fr="site, pays et base de transfert de chaque copie ; la machine, où elle peut être constatée",
            en="site, country and transfer basis of each copy; the machine, where it can be observed",
        ),
    ),
)
