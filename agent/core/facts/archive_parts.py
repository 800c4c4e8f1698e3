"""Which share of an archive was read, and found sound."""

from dataclasses import dataclass

from agent.core.registered import registered

PART = "verify.archive_part"


@registered("borg.part")
@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePart:
    """One share of an archive's files: the `number`th of `of`, counted from 0."""

    archive: str
    number: int
    of: int
    bytes: int
