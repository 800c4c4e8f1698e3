"""Run the tests of the module with the fault first, and those that draw many examples last: most faults die at once."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in order; mutmut names the fault under test, such as `checks.patching.x_judge__mutmut_4`."""
    module = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".x")[0].rpartition(".")[2]

    def rank(item: pytest.Item) -> tuple[bool, bool]:
        drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        return not item.path.stem.startswith(f"test_{module}"), bool(drawn)

    items.sort(key=rank)
