"""Names of the registers and of their keys, as a report prints them."""

from types import MappingProxyType

from agent.wording.languages import Language
from agent.wording.translated import translated

_REGISTERS = MappingProxyType(
    {
        "incident": "incident",
        "breach": "violation de données",
        "scan": "analyse de vulnérabilités",
        "pentest": "test d'intrusion",
        "recovery-test": "test de reprise",
        "departure": "départ",
        "acceptance": "risque accepté",
        "adaptation": "adaptation de l'objectif",
        "exclusion": "exclusion inscrite",
        "plan": "action du plan",
        "audit": "audit",
        "awareness": "sensibilisation",
        "restore": "restauration",
        "change": "réduction voulue",
        "retirement": "retrait",
        "acknowledgement": "prise en charge",
        "audit-draw": "tirage d'audit",
    }
)

_KEYS = MappingProxyType(
    {
        "accepted_by": "accepté par",
        "accepted_on": "accepté le",
        "accounts": "comptes",
        "acknowledged_by": "accusé par",
        "acknowledged_on": "accusé le",
        "action": "action",
        "attainment": "part des jours",
        "backup": "sauvegarde",
        "by": "fait par",
        "bytes_read": "octets lus",
        "cause": "cause",
        "cnil_due": "CNIL due",
        "cnil_notified": "CNIL notifiée le",
        "controller_informed": "responsable informé le",
        "copy": "copie",
        "decision": "décision",
        "declared": "déclaré le",
        "delay_reason": "motif du retard",
        "detected": "détecté le",
        "done": "fait le",
        "dpo_informed": "DPO informé le",
        "draws": "tirages",
        "due": "échéance",
        "duration": "durée",
        "effective_on": "prend effet le",
        "evidence": "pièce",
        "findings": "constats",
        "from": "du",
        "informed_on": "informé le",
        "keys": "clés",
        "kind": "nature",
        "left": "parti le",
        "limit": "seuil",
        "major": "majeur",
        "mistake": "déclaré par erreur",
        "none": "mois sans événement",
        "on": "le",
        "outcome": "issue",
        "owner": "responsable",
        "performed": "fait le",
        "perimeter": "périmètre",
        "person": "personne",
        "persons_informed": "personnes informées le",
        "personal_data": "données personnelles",
        "qualified": "qualifié le",
        "reason": "motif",
        "recommendation": "préconisation",
        "recovery_point": "point de reprise",
        "reported": "compte rendu le",
        "result": "résultat",
        "seed": "graine",
        "state": "état",
        "subject": "élément suivi",
        "target": "objectif",
        "title": "objet",
        "to": "au",
        "until": "jusqu'au",
    }
)

# What can be retired: its French name, and the target under which a report knows its subject's name.
RETIRED = MappingProxyType(
    {
        "host": "machine",
        "backup": "sauvegarde",
        "copy": "copie",
        "source": "source de journaux",
        "flow": "flux",
        "filter": "filtrage",
        "perimeter": "périmètre",
    }
)
NAMED_UNDER = MappingProxyType(
    {
        "host": "patching",
        "backup": "backup-rpo",
        "copy": "backup-offsite",
        "source": "log-retention",
        "flow": "network-segmentation",
        "filter": "web-filtering",
        "perimeter": "vulnerability-scan",
    }
)


def register_name(register: str, language: Language = "fr") -> str:
    """Return what a register's entry is called; a name that is not listed, as it is."""
    return translated(_REGISTERS[register], language) if register in _REGISTERS else register


def key_name(key: str, language: Language = "fr") -> str:
    """Return what a key of an entry is called; a key that is not listed, as it is."""
    return translated(_KEYS[key], language) if key in _KEYS else key
