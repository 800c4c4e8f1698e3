"""One test of what holds of each of many values, where each would take longer to be a test than to be judged."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Value = TypeVar("Value")


def of_each(
    values: Iterable[Value], name: Callable[[Value], object] = str
) -> Callable[[Callable[[Value], None]], Callable[[], None]]:
    """Return what makes such a test: it goes through all values, and names each that fails with what it says."""
    every = tuple(values)

    def made(holds: Callable[[Value], None]) -> Callable[[], None]:
        def test() -> None:
            assert every
            failed = []
            for value in every:
                try:
                    holds(value)
                except AssertionError as error:
                    failed.append(f"{name(value)}: {error}")
            assert not failed, "\n\n".join(failed)

        test.__name__, test.__qualname__, test.__doc__ = holds.__name__, holds.__qualname__, holds.__doc__
        test.__module__ = holds.__module__
        return test

    return made
