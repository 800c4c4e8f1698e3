"""A witness that is hostile: what it sends costs its cosignature at the most."""

from agent.ledger.attestations import Attestation, cosigned
from agent.proving.attested_days import COSIGNATURE
from agent.proving.cosignature import cosign, cosigned_at
from agent.proving.signed_note import parse_note
from tests.parts.witnesses import tree
from tests.publishing.test_witnesses import KEY, LOG, NOW, PRIVATE, ask


def test_of_hundreds_of_cosignatures_the_newest_alone_is_kept() -> None:
    """All of them held, and would have made a note that is refused for its signatures, in the ledger for ever."""
    text, newest = LOG.note(tree(5)).text, int(NOW.timestamp())
    body = b"".join(cosign(text, KEY, PRIVATE.sign, newest - past).line.encode() for past in range(400))
    note, at = ask([(200, body)], tree(5))
    assert at == NOW
    kept = Attestation(source=COSIGNATURE, by="lens", key=str(KEY), size=5, at=at, content=str(note))
    printed = parse_note(cosigned(str(LOG.note(tree(5))), [kept]).encode())
    assert (len(printed.signatures), cosigned_at(printed, KEY)) == (2, newest)


def test_a_note_that_cannot_be_read_spoils_no_other_checkpoint() -> None:
    spoilt = Attestation(source=COSIGNATURE, by="lens", key="", size=5, at=NOW, content=f"{LOG.note(tree(5)).text}\n")
    note = str(LOG.note(tree(6)))
    assert cosigned(note, [spoilt]) == note
