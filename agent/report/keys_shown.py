"""The keys that an agent had, in a bundle: each signs that the next one follows it, and the next one countersigns.

`keys/N.txt` is the Nth statement, `keys/N.pub.pem` the key before it, `keys/N.sig` that key's signature, and
`keys/N-new.sig` that of the key that follows: the one before statement N + 1, or at the end the bundle's own.
"""

from agent.ledger.keys import verifier_of
from agent.proving.key_change import MOST_CHANGES, KeyChange, hold_changes
from agent.report.archive import NotTheForm
from agent.report.bundle import KEYS, key_files
from agent.report.bundle_files import BundleFiles


def changes_shown(read: BundleFiles, current: bytes) -> tuple[KeyChange, ...]:
    """Return the changes in a bundle that lead to its key, each held. Raises NotTheForm and LedgerDamaged."""
    shown = {name for name in read.names if name.startswith(KEYS)}
    count = len(shown) // 4
    if count > MOST_CHANGES:
        raise NotTheForm(f"it shows {count} changes of the key")
    olds = [_public(read, number) for number in range(1, count + 1)]
    found = tuple(
        KeyChange(
            statement=read.whole(f"{KEYS}{number}.txt").decode("ascii", errors="replace"),
            old=old,
            new=new,
            old_signature=read.whole(f"{KEYS}{number}.sig"),
            new_signature=read.whole(f"{KEYS}{number}-new.sig"),
        )
        for number, (old, new) in enumerate(zip(olds, [*olds[1:], current], strict=False), 1)
    )
    if shown != {name for name, _ in key_files(found)}:
        raise NotTheForm(f"{KEYS} holds other files than those of changes of the key")
    for one in found:
        one.hold()
    hold_changes(found, current)
    return found


def _public(read: BundleFiles, number: int) -> bytes:
    name = f"{KEYS}{number}.pub.pem"
    return verifier_of(read.whole(name), name).note_key.public
