"""PyYAML's safe loader, held to a depth: what it spends on nested brackets grows with the square of their number."""

from typing import IO

import yaml

# An inventory of groups within groups needs two levels each, and is read to fifty of them.
DEEPEST = 128


class TooDeep(yaml.YAMLError):
    """Raised where a text holds tables or lists within each other beyond DEEPEST; `line` counts from 1."""

    def __init__(self, why: str, *, line: int) -> None:
        super().__init__(why)
        self.line = line


class ShallowLoader(yaml.SafeLoader):
    """Load, compose or parse a text; raises TooDeep as soon as it is nested beyond DEEPEST."""

    def __init__(self, stream: str | bytes | IO[str] | IO[bytes]) -> None:
        super().__init__(stream)
        self._depth = 0

    def get_event(self) -> yaml.Event:
        """Return the next event, counted."""
        event: yaml.Event = super().get_event()  # type: ignore[no-untyped-call]  # the stubs give it no type
        if isinstance(event, yaml.CollectionStartEvent):
            self._depth += 1
            if self._depth > DEEPEST:
                raise TooDeep("it is nested too deeply", line=event.start_mark.line + 1 if event.start_mark else 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._depth -= 1
        return event
