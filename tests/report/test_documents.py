"""Documents beside a bundle are held to the digests that it signs: by content, never by name alone."""

import hashlib
import os
from pathlib import Path

import pytest

from agent.core.errors import LookError
from agent.report.documents import beside, documents_in, figures_in, hold, other_tables

PAGE, PDF = "beffroi-scota-2026-Q4.html", "beffroi-scota-2026-Q4.pdf"
CONTENTS = {PAGE: b"<p>met</p>", PDF: b"%PDF"}
BOUND = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in CONTENTS.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_documents_stand_as_remarks_in_a_manifest() -> None:
    manifest = "".join(f"# {digest}  {name}\n" for name, digest in BOUND.items())
    assert documents_in(f"{manifest}{'0' * 64}  days.csv\n".encode()) == BOUND


def test_what_is_as_published_and_what_no_one_gave_is_said(folder: Path) -> None:
    found = hold(BOUND, [folder / PAGE], asked=True)
    assert (found.sound, found.unseen, found.damage, found.doubts) == ((PAGE,), (PDF,), (), ())


def test_a_document_may_bear_a_name_of_its_readers_own(folder: Path) -> None:
    (folder / PAGE).rename(folder / "quarter.html")
    assert hold(BOUND, [folder / "quarter.html"], asked=True).sound == (PAGE,)


@pytest.mark.parametrize("asked", [True, False])
def test_a_pdf_that_is_made_on_demand_and_not_bound_is_no_damage(folder: Path, asked: bool) -> None:
    later = folder / PDF.replace(".pdf", "-public.pdf")
    later.write_bytes(b"%PDF of later")
    found = hold(BOUND, [later], asked=asked)
    assert (len(found.doubts), found.damage) == (1, ())
    assert hold({**BOUND, later.name: "00" * 32}, [later], asked=asked).damage


def test_a_document_under_the_name_of_another_is_damage(folder: Path) -> None:
    (folder / PAGE).write_bytes(CONTENTS[PDF])
    assert hold(BOUND, [folder / PAGE], asked=False).damage == (f"{PAGE} is {PDF} under another name",)


@pytest.mark.parametrize(("name", "asked"), [(PAGE, False), (PAGE, True), ("mine.html", True)])
def test_another_content_is_damage(folder: Path, name: str, asked: bool) -> None:
    (folder / name).write_bytes(b"<p>all is well</p>")
    assert len(hold(BOUND, [folder / name], asked=asked).damage) == 1


def test_what_a_bundle_does_not_bind_could_not_be_told(folder: Path) -> None:
    assert len(hold({PAGE: BOUND[PAGE]}, [folder / PDF], asked=False).doubts) == 1
    assert len(hold({}, [folder / PDF], asked=True).doubts) == 1


def test_what_cannot_be_read_could_not_be_told_and_is_never_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.html")
    found = hold(BOUND, [folder / "pipe.html", folder / "gone.html"], asked=True)
    assert (len(found.doubts), found.damage) == (2, ())


def test_only_documents_of_the_same_report_are_looked_for(folder: Path) -> None:
    (folder / "beffroi-scota-2026-Q3.html").write_bytes(b"")
    (folder / "beffroi-scota-2026-Q4-prometheus.html").write_bytes(b"")
    about = {"beneficiary": "scota", "quarter": "2026-Q4"}
    assert beside(folder / "evidence.zip", about) == (folder / PAGE, folder / PDF)
    assert beside(folder / "evidence.zip", about | {"beneficiary": "../x"}) == ()


def test_every_file_of_figures_that_is_bound_is_held(tmp_path: Path) -> None:
    """One that follows from the rows, first by name, does not stand for another one."""
    contents = {"a-figures.json": b"{}", "b-figures.json": b"[]"}
    bound = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    assert figures_in(bound, [tmp_path / name for name in contents]) == [b"{}", b"[]"]
    assert figures_in(bound, [tmp_path / "b-figures.json", tmp_path / "gone.json"]) == [b"[]"]


def test_a_file_of_figures_that_is_too_large_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a-figures.json"
    path.write_bytes(b" " * 101)
    monkeypatch.setattr("agent.report.documents.LARGEST_FIGURES", 100)
    with pytest.raises(LookError, match="its figures are not counted again"):
        figures_in({path.name: hashlib.sha256(path.read_bytes()).hexdigest()}, [path])


def test_a_table_that_is_bound_is_the_one_within() -> None:
    table = b"day,target\n"
    bound = {"beffroi-scota-2026-Q4.csv": hashlib.sha256(table).hexdigest(), PAGE: BOUND[PAGE]}
    assert list(other_tables(bound, table)) == []
    (said,) = other_tables(bound, b"day,target\n2026-10-14,backup-rpo\n")
    assert said.startswith("beffroi-scota-2026-Q4.csv, which it binds,")
