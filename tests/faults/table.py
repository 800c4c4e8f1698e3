"""The table: each fault of one backup, and the verdicts that it must give."""

from dataclasses import dataclass

from tests.faults import making
from tests.faults.laboratory import Make

Answer = tuple[str, str]

MET: Answer = ("met", "within-limit")
NOT_RUN: Answer = ("unproven", "not-run")
SOUND: Answer = ("sound", "within-limit")
DAMAGED: Answer = ("damaged", "damaged")


def missed(reason: str) -> Answer:
    return ("missed", reason)


def unproven(reason: str) -> Answer:
    return ("unproven", reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a backup and what it must come to.

    `point` is the verdict of `backup-rpo`, `copy` that of `backup-offsite`, at a first check, when nothing is verified
    yet. `verified` is what `verify` says next (None: it is not asked). Then `then` happens, and a second check gives
    `point_then` and `copy_then` (left out: the same as before, and with what was verified). `other` is the verdict of
    `backup-offsite` of a further copy.
    """

    name: str
    make: Make
    point: Answer = MET
    copy: Answer = NOT_RUN
    verified: Answer | None = None
    then: Make | None = None
    point_then: Answer | None = None
    copy_then: Answer | None = None
    other: tuple[str, Answer] | None = None

    @property
    def second_point(self) -> Answer:
        """Return what `backup-rpo` comes to at the second check."""
        return self.point_then or self.point

    @property
    def second_copy(self) -> Answer:
        """Return what `backup-offsite` comes to at the second check: worst first, a verification that shows damage."""
        if self.copy_then is not None:
            return self.copy_then
        if self.copy[0] != "missed" and self.verified == DAMAGED:
            return missed("damaged")
        return MET if self.copy == NOT_RUN and self.verified == SOUND else self.copy


def both(name: str, make: Make, answer: Answer, verified: Answer | None = None) -> Fault:
    """Return a fault for which both targets have one answer."""
    return Fault(name=name, make=make, point=answer, copy=answer, verified=verified)


TABLE = (
    Fault(name="sound", make=making.sound, verified=SOUND),
    # Nothing there, or not what was promised.
    both("no-repository", making.no_repository, missed("absent"), ("damaged", "absent")),
    both("no-point", making.no_point, missed("empty"), SOUND),
    both("another-machine", making.another_machine, missed("absent")),
    both("another-path", making.another_path, missed("absent")),
    both("ahead", making.ahead, missed("in-future")),
    both("old", making.old, missed("too-old"), SOUND),
    both("empty-source", making.empty_source, missed("empty")),
    Fault(name="shrunk", make=making.shrunk, point=missed("shrunk")),
    # Copies beside each other, and where they stand.
    Fault(name="fresh-and-stale", make=making.two_copies, other=("stale", missed("too-old"))),
    Fault(
        name="fresh-at-home",
        make=making.fresh_at_home,
        point=missed("too-old"),
        copy=missed("too-old"),
        other=("home", ("not-applicable", "not-expected")),
    ),
    both("same-site", making.same_site, missed("not-offsite")),
    both("declared-at-home", making.declared_at_home, missed("not-offsite")),
    Fault(name="limit-of-its-own", make=making.limit_of_its_own, point=missed("not-offsite")),
    Fault(name="outside", make=making.outside, copy=missed("outside-eea"), verified=SOUND),
    Fault(name="outside-with-a-basis", make=making.outside_with_a_basis, verified=SOUND),
    Fault(name="no-country", make=making.no_country, copy=unproven("not-declared"), verified=SOUND),
    # Not to be opened.
    both("wrong-password", making.wrong_password, unproven("wrong-password"), unproven("wrong-password")),
    both("no-password-file", making.no_password_file, unproven("unreadable"), unproven("unreadable")),
    both("no-environment-file", making.no_environment_file, unproven("unreadable"), unproven("unreadable")),
    both("password-in-the-environment", making.password_in_the_environment, unproven("unreadable")),
    both("another-id", making.another_id, unproven("wrong-repository"), unproven("wrong-repository")),
    both("closed-repository", making.closed(), unproven("denied"), unproven("denied")),
    Fault(name="locked", make=making.locked, verified=SOUND),
    # What befalls restic.
    both("no-restic", making.no_restic, unproven("tool-missing"), unproven("tool-missing")),
    both("old-restic", making.with_restic("echo restic 0.12.0"), unproven("tool-missing"), unproven("tool-missing")),
    both("strange-restic", making.with_restic("echo I am no restic"), unproven("unreadable"), unproven("unreadable")),
    both("killed", making.on_listing("kill -KILL $$"), unproven("exited")),
    both("crashed", making.on_listing("echo 'panic: goroutine 1' >&2; exit 2"), unproven("exited")),
    Fault(name="noise", make=making.with_restic(f"{making.NOISE} >&2; {making.REAL}"), verified=SOUND),
    both("noise-and-refusal", making.on_listing(f"{making.NOISE} >&2; exit 1"), unproven("exited")),
    both("cut-short", making.on_listing('"$RESTIC" "$@" | head -c 200; exit 0'), unproven("unreadable")),
    both("no-list", making.on_listing("exit 0"), unproven("unreadable")),
    both("another-list", making.on_listing("""echo '[{"time": 3}]'; exit 0"""), unproven("unreadable")),
    both("deep-list", making.on_listing("head -c 400000 /dev/zero | tr '\\0' '['; exit 0"), unproven("unreadable")),
    both("hostile-words", making.hostile_words, unproven("exited")),
    Fault(name="hostile-names", make=making.hostile_names, verified=SOUND),
    both("only-hostile-names", making.only_hostile_names, missed("absent")),
    # Damage.
    Fault(
        name="flipped",
        make=making.damaged(making.flip, "data"),
        verified=DAMAGED,
        point_then=missed("damaged"),
    ),
    Fault(
        name="cut-pack",
        make=making.damaged(making.cut, "data"),
        verified=DAMAGED,
        point_then=missed("damaged"),
    ),
    Fault(
        name="lost-pack",
        make=making.damaged(making.lose, "data"),
        verified=DAMAGED,
        point_then=missed("damaged"),
    ),
    Fault(
        name="lost-index",
        make=making.damaged(making.lose, "index"),
        point=missed("damaged"),
        copy=missed("damaged"),
        verified=DAMAGED,
        point_then=unproven("damaged"),
    ),
    Fault(
        name="flipped-index",
        make=making.damaged(making.flip, "index"),
        point=unproven("unreadable"),
        copy=unproven("unreadable"),
        verified=DAMAGED,
        point_then=unproven("damaged"),
    ),
    both("flipped-point", making.damaged(making.flip, "snapshots"), missed("damaged"), DAMAGED),
    Fault(name="flipped-newest", make=making.flip_newest, copy=missed("damaged"), verified=DAMAGED),
    both("flipped-config", making.flip_config, unproven("unreadable"), DAMAGED),
    # What happens between two checks.
    Fault(name="forgotten", make=making.two_points, then=making.forget("newest"), copy_then=missed("vanished")),
    Fault(
        name="all-forgotten",
        make=making.two_points,
        then=making.forget("all"),
        point_then=missed("empty"),
        copy_then=missed("empty"),
    ),
    Fault(name="pruned", make=making.kept_for_two_days, then=making.forget("oldest")),
    Fault(name="tagged", make=making.sound, then=making.tag),
    Fault(
        name="removed",
        make=making.sound,
        verified=SOUND,
        then=making.remove,
        point_then=missed("absent"),
        copy_then=missed("absent"),
    ),
    Fault(
        name="replaced",
        make=making.sound,
        verified=SOUND,
        then=making.replace,
        point_then=unproven("wrong-repository"),
        copy_then=unproven("wrong-repository"),
    ),
    Fault(
        name="closed-later",
        make=making.sound,
        verified=SOUND,
        then=making.forget_password,
        point_then=unproven("wrong-password"),
        copy_then=unproven("wrong-password"),
    ),
    # At the second check only: 64 MiB are read before it is ended.
    Fault(
        name="endless",
        make=making.endless,
        then=making.without_end,
        point_then=unproven("unreadable"),
        copy_then=unproven("unreadable"),
    ),
)
