"""What every collector owes its reader: what it reads, what it needs, and what it is blind to."""

from agent.evaluation import registry

FIELDS = ("Reads:", "Needs:", "Blind:")


def test_every_collector_says_what_it_reads_needs_and_cannot_see() -> None:
    documents = registry.find().documents
    silent = {name: [field for field in FIELDS if f"\n{field}" not in text] for name, text in documents.items()}
    assert documents
    assert {name: fields for name, fields in silent.items() if fields} == {}
