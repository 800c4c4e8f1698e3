"""Follow the heads of a chain, and hold what each keeps of the agent's log to its rows and to the agent's keys."""

from collections.abc import Iterator, Mapping, Sequence

from agent.ledger import signed_log
from agent.ledger.chain import ChainRow
from agent.ledger.heads import Head
from agent.ledger.leaves import own_trees
from agent.ledger.schema import PLACES
from agent.ledger.signed_log import SignedTrees
from agent.proving.checkpoint import parse_checkpoint
from agent.proving.day_log import log_tree
from agent.proving.key_change import KeyChange
from agent.proving.signed_note import NotANote, NoteKey


class LogReplay:
    """Follow the heads of a chain, and hold what each keeps of the log to its rows and to the agent's key."""

    def __init__(self) -> None:
        self._numbers: Mapping[str, int] = {}
        self._lines: list[str] = []
        self._has_places = False

    def led_on(self, version: int) -> None:
        """Take it that the ledger was led on to a version of its schema."""
        self._has_places |= version >= PLACES

    def judge(
        self, head: Head, trees: SignedTrees | None, before: Head | None, rows: Sequence[ChainRow]
    ) -> Iterator[str]:
        """Yield what does not hold of a head's trees, signatures apart; `rows` are those that it covers."""
        name = f"head {head.number} of {head.day}"
        if trees is None:
            if self._lines:
                yield f"{name} has no leaf in the log, which began before it"
            return
        expected = own_trees(rows, self._numbers)
        if trees.trees != expected:
            yield f"{name}: the trees of its beneficiaries are not those of its rows"
        self._numbers = {one.beneficiary: one.next for one in expected}
        if trees.bits is None and self._has_places:
            yield f"{name} has a tree without places, in the form that ended before it"
        elif trees.bits is not None and trees.bits != signed_log.places_for(self._numbers):
            yield f"{name}: its places are not those of its beneficiaries"
        self._has_places |= trees.bits is not None
        self._lines += signed_log.leaves_of_head(head, trees, before, begins=not self._lines)

    def judge_change(self, change: KeyChange) -> Iterator[str]:
        """Yield what does not hold of a change of the key: its checkpoint is that of the log so far."""
        tree = log_tree(self._lines)
        if (change.size, change.root) != (tree.size, tree.root):
            yield f"the change of keys of {change.day} goes on from another log of {change.size} leaves"

    def judge_checkpoint(self, head: Head, note: str, key: NoteKey) -> Iterator[str]:
        """Yield what does not hold of the checkpoint that a head keeps."""
        name = f"the checkpoint of {head.day}"
        try:
            found, _ = parse_checkpoint(note.encode(), key)
        except NotANote as error:
            yield f"{name} does not hold: {error.message}"
            return
        tree = log_tree(self._lines)
        if (found.size, found.root) != (tree.size, tree.root):
            yield f"{name} is not the one of its log"
