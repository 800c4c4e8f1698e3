"""Progress is shown to people only."""

import io

from agent.cli.progress import progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_nothing_is_written_where_nobody_looks() -> None:
    stream = io.StringIO()
    with progress(stream) as begin:
        begin("files/offsite")(0.5)
    assert stream.getvalue() == ""


def test_a_terminal_shows_the_label_without_its_control_characters() -> None:
    stream = Terminal()
    with progress(stream) as begin:
        told = begin("files\x1b[5m/offsite")
        told(0.5)
        told(7.0)
    assert "files\\x1b[5m/offsite" in stream.getvalue()
    assert "100%" in stream.getvalue()
