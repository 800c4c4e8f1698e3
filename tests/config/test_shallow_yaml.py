"""Nested YAML: refused at a depth, before it costs anything."""

from collections.abc import Callable

import pytest
import yaml

from agent.config.shallow_yaml import DEEPEST, ShallowLoader, TooDeep

HOSTILE = ["[" * 100_000, "{a: " * 100_000, "\n".join(" " * level + "a:" for level in range(2_000)), "- " * 50_000]


def test_what_is_nested_as_deep_as_allowed_is_read() -> None:
    text = "[" * DEEPEST + "]" * DEEPEST
    assert yaml.load(text, Loader=ShallowLoader) == yaml.safe_load(text)
    assert yaml.load("[[], [], {a: []}]", Loader=ShallowLoader) == [[], [], {"a": []}]


@pytest.mark.parametrize("text", HOSTILE, ids=["lists", "tables", "blocks", "items"])
def test_deeper_nesting_is_refused_after_few_events(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[None] = []
    heard: Callable[[yaml.SafeLoader], yaml.Event] = yaml.SafeLoader.get_event

    def counted(loader: yaml.SafeLoader) -> yaml.Event:
        asked.append(None)
        return heard(loader)

    monkeypatch.setattr(yaml.SafeLoader, "get_event", counted)
    for way in (yaml.load, yaml.compose):
        with pytest.raises(TooDeep):
            way(text, Loader=ShallowLoader)
    assert len(asked) < 8 * DEEPEST
