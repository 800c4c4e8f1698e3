"""What each way of telling the time says, recorded or as documented: any bytes give a reckoning or a typed error."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError, Unreadable
from agent.core.facts.clock_offset import Reckoning
from collectors.clock import chrony, kernel, ntpd, timesyncd
from collectors.clock.reference import FollowsNothing

PARSERS: tuple[Callable[[bytes], Reckoning | None], ...] = (chrony.parse, kernel.parse, ntpd.parse, timesyncd.parse)


@pytest.mark.parametrize("read", PARSERS)
@given(said=st.binary(max_size=200))
def test_no_bytes_break_a_parser(read: Callable[[bytes], Reckoning | None], said: bytes) -> None:
    try:
        read(said)
    except LookError as error:
        assert error.message


# chrony 4.6.1, following a server of its own
CHRONY = b"7F000001,127.0.0.1,4,1795548239.68,%s,-0.000000139,0.000002619,0.037,-0.003,0.131,0.020,0.003,0.5,%s\n"


def test_chrony_tells_the_offset_and_its_bound() -> None:
    told = chrony.parse(CHRONY % (b"-0.250000000", b"Normal"))
    assert told is not None
    assert (told.offset, round(told.within, 6)) == (0.25, 0.013)


def test_chrony_that_follows_nothing_shows_nothing_though_it_exits_with_success() -> None:
    assert chrony.parse(CHRONY % (b"0.000000000", b"Not synchronised")) is None


# What chronyd says in its `local` mode, and after `chronyc settime`: stratum, offset and leap are those of a sound one.
@pytest.mark.parametrize("reference", [b"7F7F0101,", b"4D414E55,"])
def test_chrony_that_hands_out_its_own_clock_shows_nothing_of_it(reference: bytes) -> None:
    said = (CHRONY % (b"0.000000000", b"Normal")).replace(b"7F000001,127.0.0.1", reference)
    with pytest.raises(FollowsNothing, match="follows no other clock"):
        chrony.parse(said)


@pytest.mark.parametrize("said", [b"", b"506 Cannot talk to daemon\n", CHRONY % (b"nan", b"Normal")])
def test_what_is_no_tracking_is_unreadable(said: bytes) -> None:
    with pytest.raises(Unreadable):
        chrony.parse(said)


TIMESYNC = b"""now=1795548239
synchronised=%d
       Server: 192.0.2.1 (0.debian.pool.ntp.org)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
Root distance: 41.549ms (max: 5s)
       Offset: +1.234ms
        Delay: 10.1ms
       Jitter: 2.3ms
"""


def test_timesyncd_is_believed_less_the_longer_ago_it_set_the_clock() -> None:
    soon = timesyncd.parse(TIMESYNC % 1795548229)
    assert soon.most == pytest.approx(0.001234 + 0.041549 + 0.00505 + 0.001)
    later = timesyncd.parse(TIMESYNC % (1795548239 - 86400))
    assert later.most > 8


def test_a_clock_that_was_set_back_since_timesyncd_set_it_is_not_shown() -> None:
    assert timesyncd.parse(TIMESYNC % (1795548239 + 3600)).most > 3600
    assert timesyncd.parse(TIMESYNC % (1795548239 + 1)).most < 1


@pytest.mark.parametrize(("span", "seconds"), [("123us", 0.000123), ("1min 2.5s", 62.5), ("0", 0.0), ("-3ms", 0.003)])
def test_spans_are_read_as_systemd_writes_them(span: str, seconds: float) -> None:
    told = timesyncd.parse((TIMESYNC % 1795548239).replace(b"41.549ms", span.encode()))
    assert told.most == pytest.approx(0.001234 + seconds + 0.00505)


def test_ntpq_tells_milliseconds() -> None:
    told = ntpd.parse(b"leap=00, rootdelay=12.000, rootdisp=34.000, offset=-250.5\n")
    assert told is not None
    assert (told.offset, round(told.within, 6)) == (-0.2505, 0.04)
    assert ntpd.parse(b"leap=11, rootdelay=0.000, rootdisp=0.000, offset=0.0\n") is None


@pytest.mark.parametrize(
    ("reference", "clock", "back"),
    [("eebb8034", "eebb803b", 0), ("eebb8034", "eebb723a", 3578), ("fffffff0", "00000010", 0)],
)
def test_ntpd_does_not_see_that_the_clock_was_set_back(reference: str, clock: str, back: int) -> None:
    """As ntpsec 1.2.3 says it, whose server answers no more."""
    said = (
        "leap=00, rootdelay=0.038, rootdisp=1.315, offset=-0.025049, refid=10.9.9.1,\n"
        f"reftime={reference}.f77a78ff 2026-12-03T05:44:20.966Z,\nclock={clock}.56b99110 2026-12-03T04:44:42.338Z\n"
    )
    told = ntpd.parse(said.encode())
    assert told is not None
    assert round(told.within) == back


@pytest.mark.parametrize("reference", [b"LOCAL(0)", b".LOCL.", b"LOCL", b"127.127.1.0", b"127.0.0.1"])
def test_ntpd_that_hands_out_its_own_clock_shows_nothing_of_it(reference: bytes) -> None:
    with pytest.raises(FollowsNothing, match="follows no other clock"):
        ntpd.parse(b"leap=00, rootdelay=0.000, rootdisp=11.000, offset=0.0, refid=%s\n" % reference)
    followed = ntpd.parse(b"leap=00, rootdelay=12.000, rootdisp=34.000, offset=0.0, refid=127.0.0.10\n")
    assert followed is not None


@pytest.mark.parametrize(
    ("said", "most"),
    [
        (b"adjtimex 0 1 -1500 31250 0\n", 0.03275),
        (b"adjtimex 0 8193 -1523 31250 0\n", 0.031251523),
        # OpenNTPD, after someone set the clock an hour ahead: it takes that away by adjtime, and calls the bound zero.
        (b"adjtimex 0 0 0 500 -3600000000\n", 3600.0005),
        (b"adjtimex 5 64 0 16000000 0\n", None),
        (b"adjtimex 0 64 0 16000000 0\n", None),
        (b"adjtimex -1 0 0 0 0\n", None),
    ],
)
def test_the_kernel_tells_a_bound_while_somebody_keeps_the_clock(said: bytes, most: float | None) -> None:
    told = kernel.parse(said)
    assert (None if told is None else told.most) == (most if most is None else pytest.approx(most))
