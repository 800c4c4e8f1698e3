"""Which configuration a command uses: the one given, else the environment's, else the default."""

from pathlib import Path

import pytest

from agent.cli.options import configuration_path


@pytest.mark.parametrize(
    ("explicit", "variable", "path"),
    [
        (Path("a.toml"), "b.toml", "a.toml"),
        (None, "b.toml", "b.toml"),
        (None, "", "/etc/beffroi/beffroi.toml"),
        (None, None, "/etc/beffroi/beffroi.toml"),
    ],
)
def test_the_nearest_word_on_the_configuration_counts(
    monkeypatch: pytest.MonkeyPatch, explicit: Path | None, variable: str | None, path: str
) -> None:
    monkeypatch.delenv("BEFFROI_CONFIG", raising=False)
    if variable is not None:
        monkeypatch.setenv("BEFFROI_CONFIG", variable)

    assert configuration_path(explicit) == Path(path)
