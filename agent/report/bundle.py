"""The form of a bundle of evidence: which files it has, and what is in each.

| file | what it is |
| --- | --- |
| `VERIFY.txt`, `verify.sh` | how to verify it with sha256sum and openssl alone, line by line and as a whole |
| `about.txt` | what it is about, a key and a value a line |
| `signing-key.pub.pem` | the agent's public key |
| `keys/` | statements by which a key followed another one (agent.report.keys_shown) |
| `days.csv` | the days of the report |
| `days/N-DAY.txt` | its rows of a signed day: NUMBER INSTANT KIND PAYLOAD, or `erased:DIGEST` for the last |
| `before/N-DAY.txt` | its rows of an earlier day that no figure rests on: NUMBER INSTANT KIND DIGEST |
| `before.txt` | the proofs of these days, in the form of `proofs.txt` |
| `tail.txt` | its rows after the last signed day, in the same form |
| `proofs.txt` | the leaves that commit to these days, and where each stands in its tree, see below |
| `checkpoint.txt` | the newest checkpoint, with its cosignatures |
| `checkpoint-text.txt`, `checkpoint.sig` | what the agent signed of it, and the signature |
| `checkpoints/SIZE.txt`, `SIZE.note`, `SIZE-N.tsr` | an attested checkpoint: cosigned, as stamped, the stamps |
| `checkpoints/SIZE-N.txt` | the same as a witness cosigned it that knows the log by another origin |
| `MANIFEST`, `MANIFEST.sig` | the SHA-256 of every other file, signed with the agent's key; of each document, too |

A document (page, PDF, table) is handed out beside the bundle. Its line in MANIFEST begins with `# `, so that
`sha256sum --check` passes over it: `sed -n 's/^# //p' MANIFEST | sha256sum --check` holds the documents.

A line of `proofs.txt` is one of these, hashes in hexadecimal:

    own N-DAY JSON                   the beneficiary's leaf in the day's tree
    day N-DAY INDEX SIZE HASH...     where that leaf stands in the day's tree
    leaf N-DAY JSON                  the day's leaf in the log, which has the root of the day's tree
    log N-DAY INDEX SIZE HASH...     where that leaf stands in the log, whose root the checkpoint has
    checkpoint SIZE HASH...          how the newest checkpoint continues the attested one of that size

A day that was signed before the log began is shown whole, as bundles of the first form have all of them:
`earlier/N-DAY.txt` is its text, `heads/N-DAY.txt` and `.sig` the line that was signed, `HEADS` names them all, and
`payloads.txt` has the payloads of the beneficiary's rows in them (agent.report.rows_shown).
"""

from collections.abc import Iterator, Sequence

from agent.proving.key_change import KeyChange, pem_of

FIRST_SCHEMA, SCHEMA = "beffroi.evidence/1", "beffroi.evidence/2"
ERASED = "erased"
# Begins the line of a document in the manifest.
DOCUMENT = "# "
MANIFEST, SIGNATURE, KEY, ABOUT = "MANIFEST", "MANIFEST.sig", "signing-key.pub.pem", "about.txt"
DAYS, TAIL, PROOFS, VERIFY, SCRIPT = "days.csv", "tail.txt", "proofs.txt", "VERIFY.txt", "verify.sh"
BEFORE, KEYS = "before.txt", "keys/"
CHECKPOINT, SIGNED_TEXT, TEXT_SIGNATURE = "checkpoint.txt", "checkpoint-text.txt", "checkpoint.sig"
# Of days that are shown whole.
HEADS, PAYLOADS = "HEADS", "payloads.txt"


def key_files(changes: Sequence[KeyChange]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file that shows some changes."""
    for number, one in enumerate(changes, 1):
        yield f"{KEYS}{number}.txt", one.statement.encode()
        yield f"{KEYS}{number}.pub.pem", pem_of(one.old)
        yield f"{KEYS}{number}.sig", one.old_signature
        yield f"{KEYS}{number}-new.sig", one.new_signature
