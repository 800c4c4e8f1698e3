"""Whether a copy is off site, by the machine that it was seen to lie on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.model import Observation, State
from agent.core.places import (
    FACT,
    HIDDEN,
    CopyMachine,
    MachineEvidence,
    elsewhere,
    kind_of,
    on_site,
    place_in,
    place_needs,
    placed,
)
from agent.core.reason import Reason
from tests.checks.backups import NOW, OFFSITE, look

HERE = MachineEvidence(machine=CopyMachine.SAME, how="local-path")


def seen(place: MachineEvidence) -> Observation:
    """Return a look that showed where the copy lies."""
    return look(collector=OFFSITE.program.place, more=((FACT, place.value(OFFSITE), NOW),))


def test_what_a_look_keeps_is_read_back() -> None:
    assert place_in(seen(HERE), OFFSITE) == HERE


@pytest.mark.parametrize("change", [{"repository": "/other"}, {"host": "srv-2"}, {"local": True}])
def test_a_copy_that_was_declared_anew_is_not_known_by_the_old_look(change: dict[str, object]) -> None:
    assert place_in(seen(HERE), replace(OFFSITE, **change)) == MachineEvidence()  # type: ignore[arg-type]


def test_a_ledger_without_the_look_tells_nothing() -> None:
    assert place_in(None, OFFSITE) == place_in(look(), OFFSITE) == MachineEvidence()
    assert elsewhere((OFFSITE,), lambda collector, subject: None) == (OFFSITE,)


def test_a_copy_on_its_sources_machine_is_missed_and_does_not_count() -> None:
    (found,) = on_site(seen(HERE), OFFSITE)
    assert (found.state, found.reason) == (State.MISSED, Reason.NOT_OFFSITE)
    assert found.stands_until is not None and found.stands_until > NOW + timedelta(days=90)
    assert elsewhere((OFFSITE,), lambda collector, subject: seen(HERE)) == ()


def test_a_demonstration_believes_the_declared_site() -> None:
    believed = replace(OFFSITE, believed=True)
    assert place_needs(believed) == ()
    assert elsewhere((believed,), lambda collector, subject: seen(HERE)) == (believed,)


def test_how_a_copy_is_reached_is_told_without_its_address() -> None:
    addresses = ("/srv/restic", "sftp:vault:/srv", "rest:https://user:secret@vault/", "s3:s3.example/b", "C:/restic")
    found = [kind_of(replace(OFFSITE, repository=address)) for address in addresses]
    assert found == ["local", "sftp", "rest", "s3", "local"]
    of_borg = ("ssh://borg@vault/srv/borg", "borg@vault:srv/borg", "/srv/a@b:c")
    assert [kind_of(replace(OFFSITE, repository=address)) for address in of_borg] == ["ssh", "ssh", "local"]


def test_a_hidden_way_to_a_copy_is_never_met() -> None:
    """ssh's configuration may lead anywhere, back to the source's own machine too."""
    hidden = seen(MachineEvidence(machine=CopyMachine.UNKNOWN, how=HIDDEN))
    for findings in (placed(hidden, OFFSITE), on_site(hidden, OFFSITE)):
        (found,) = findings
        assert (found.state, found.reason) == (State.UNPROVEN, Reason.UNREADABLE)


def test_a_place_that_nothing_shows_is_marked_as_declared() -> None:
    (found,) = placed(seen(MachineEvidence(machine=CopyMachine.UNKNOWN, how="not-told")), OFFSITE)
    assert (found.state, found.about["declared_site"]) == (State.MET, "cambrai")
    (found,) = placed(seen(MachineEvidence(machine=CopyMachine.OTHER, how="boot-id")), OFFSITE)
    assert "declared_site" not in found.about
