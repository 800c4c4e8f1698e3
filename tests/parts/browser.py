"""Debian's Chromium, driven by Playwright, with nothing that calls home."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import axe_core_python
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the machine's own browser, and end it."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "install the Debian package chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        try:
            yield started
        finally:
            started.close()


AXE = (files(axe_core_python) / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong; its own script is let in by the test, past the page's policy."""
    # Of what is sound, axe would otherwise describe every element: most of its time, and 20 MB for a page of a report.
    asked = "(await axe.run({resultTypes: ['violations']})).violations"
    found: list[dict[str, Any]] = page.evaluate(f"async () => {{ {AXE}; return {asked}; }}")
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
