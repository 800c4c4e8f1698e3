"""The words of a reason fit the target that gives it: no cure names a tool of another domain."""

import ast
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from agent.core.convention import CLAUSES
from agent.core.errors import LookError
from agent.core.reason import Reason
from agent.wording.languages import LANGUAGES
from agent.wording.targets.every import TARGETS, words_of
from tests.parts.of_each import of_each

BACKUPS = frozenset(
    {
        "backup-rpo",
        "backup-offsite",
        "backup-rto",
        "recovery-test",
        "restore-reason",
        "backup-lifecycle",
        "backup-coverage",
        "storage-quota",
    }
)
LOGS = frozenset({"log-collection", "log-retention"})
ONLY_BACKUPS_RAISE = frozenset({Reason.LOCKED, Reason.WRONG_PASSWORD, Reason.WRONG_REPOSITORY, Reason.NO_ROOM})
# Words that only some targets may use.
WORDS_OF_DOMAINS = (
    (BACKUPS, r"sauvegard|restic|snapshot|dépôt(?!s de paquets)|reposito|backup|beffroi verify|restaur|recovery point"),
    (frozenset({"endpoint-protection"}), r"antivirus|EICAR|clam|signatures"),
    (LOGS, r"rsyslog|journald|logrotate"),
    (frozenset({"network-segmentation"}), r"nftables|VLAN|refus par défaut|default deny"),
    (frozenset({"patching"}), r"needrestart|\(hold\)|sources\.list"),
    (frozenset({"strong-authentication", "access-revocation"}), r"sshd_config|sudoers|\bPAM\b"),
)


@cache
def reasons_in(module: str) -> frozenset[Reason]:
    """Return the reasons that a module of checks names, with those of the judging modules that it imports."""
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text())
    named = {
        Reason[node.attr]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason"
    }
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    followed = {one for one in imported if one.startswith(("agent.core.judging.", "agent.core.facts."))}
    return frozenset(named).union(*(reasons_in(one) for one in followed))


def errors_below(kind: type[LookError]) -> set[type[LookError]]:
    """Return an error of a look and those derived from it."""
    return {kind}.union(*(errors_below(one) for one in kind.__subclasses__()))


def pairs() -> list[tuple[str, Reason]]:
    """Return every reason that a check or a failed look can give, with its target."""
    failures = {one.reason for one in errors_below(LookError) if hasattr(one, "reason")}
    found = set()
    for target in CLAUSES:
        hindered = failures if target in BACKUPS else failures - ONLY_BACKUPS_RAISE
        own = reasons_in(f"checks.{target.replace('-', '_')}") | {Reason.NOT_RUN, Reason.STALE_EVIDENCE, Reason.BUG}
        found |= {(target, reason) for reason in own | hindered}
    return sorted(found, key=lambda pair: (pair[0], pair[1].value))


@of_each(pairs())
def test_the_words_of_a_reason_name_no_tool_of_another_domain(pair: tuple[str, Reason]) -> None:
    target, reason = pair
    words = words_of(target, reason)
    for language in LANGUAGES:
        said = " ".join(one.of(language) for one in (words.short, words.means, words.why, words.mend))
        foreign = [m[0] for of, tools in WORDS_OF_DOMAINS if target not in of for m in re.finditer(tools, said, re.I)]
        assert not foreign, said


def test_a_missing_firewall_is_never_cured_by_a_backup() -> None:
    assert "nftables" in words_of("network-segmentation", Reason.ABSENT).mend.fr
    assert "lancer la sauvegarde" in words_of("backup-rpo", Reason.ABSENT).mend.fr


def test_own_words_say_another_thing_than_the_general_ones() -> None:
    for target, words in TARGETS.items():
        for reason, own in words.reasons.items():
            assert (target, reason) in pairs() or target in BACKUPS
            assert own.listed is None or all("{subjects}" in own.listed.of(language) for language in LANGUAGES)


def test_no_advice_amends_an_entry_that_it_cannot_know() -> None:
    """A command is copied as it stands: with an id that another entry has, it would write a date into that one."""
    given = [words.mend.of(language) for words in TARGETS.values() for language in LANGUAGES]
    assert any("register amend incident ID " in text for text in given)
    assert [found for text in given for found in re.findall(r"register amend [a-z-]+ [a-z-]+-\d+", text)] == []
