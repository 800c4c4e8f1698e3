"""What findings name in English words, in French: ways to enter, rights, parts of a host. Names stay as they are.

What a look said of itself (`said`) is the program's own English, for the log and for tools: a French line says what it
means by its reason, and never quotes it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from agent.core.facts.access import (
    CERTIFICATE,
    JOIN,
    KEY_FACTOR,
    NOTHING,
    OTP,
    PASSWORD,
    PUSH,
    SECOND_FACTOR,
    UNKNOWN,
    VERIFIED_CERTIFICATE,
    VERIFIED_KEY,
)

# Free text of the program, which no French line repeats.
ENGLISH_ONLY = frozenset({"said"})
_FACTORS = MappingProxyType(
    {
        NOTHING: "rien",
        PASSWORD: "mot de passe",
        OTP: "code à usage unique",
        PUSH: "validation sur téléphone",
        SECOND_FACTOR: "second facteur",
        KEY_FACTOR: "clé",
        CERTIFICATE: "certificat",
        VERIFIED_KEY: "clé déverrouillée",
        VERIFIED_CERTIFICATE: "certificat déverrouillé",
    }
)
_RIGHTS = MappingProxyType(
    {
        "account": "compte",
        "key": "clé",
        "cron": "tâche cron",
        "linger": "session maintenue",
        "unit": "unité systemd",
        "session": "session ouverte",
    }
)
_PARTS = MappingProxyType(
    {
        "sshd": "la configuration de SSH",
        "keys": "les clés autorisées",
        "accounts": "les comptes",
        "directory": "l'annuaire",
        "shadow": "l'expiration des comptes",
        "sudo": "les droits sudo",
        "other-doors": "les autres accès",
        "hidden-keys": "qui entre par certificat, Kerberos, dropbear, FTP, une autre machine ou la clé d'une commande",
        "traces": "les tâches et les sessions",
    }
)


_UNKNOWN = MappingProxyType(
    {
        "no-evidence": "sans preuve",
        "stale": "preuve périmée",
        "not-required": "second facteur non exigé",
        "directory": "mot de passe d'un annuaire",
    }
)


def _factors(text: str) -> str:
    return " et ".join(_factor(one) for one in text.split(JOIN))


def _factor(name: str) -> str:
    if not name.startswith(UNKNOWN):
        return _FACTORS.get(name, name)
    what = name.removeprefix(UNKNOWN)
    return f"inconnu : {_UNKNOWN.get(what, what)}"


def _right(text: str) -> str:
    kind, space, name = text.partition(" ")
    return f"{_RIGHTS.get(kind, kind)}{space}{name}"


_VALUES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "enough": _factors,
        "right": _right,
        "right_back": _right,
        "part": lambda text: _PARTS.get(text, "un accès déclaré"),
    }
)


def quoted(text: str) -> str:
    """Return what a program said, as a quotation: behind a French text, where what it said is the evidence itself."""
    return f" (message d'origine : « {text} »)"


def in_french(name: str, text: str) -> str:
    """Return a text that a finding names, in French where it is made of the program's own words."""
    return _VALUES[name](text) if name in _VALUES else text
