"""What makes and signs a PDF comes with an installation, or its lack is said."""

import pytest

from agent.installation import release
from tests.installation.machine import Machine
from tests.installation.steps import INSTALL_LIBRARIES, with_every_package

pytestmark = pytest.mark.programs


def test_the_pdf_comes_with_it_or_its_lack_is_said(machine: Machine) -> None:
    (machine.source / "requirements/pdf.txt").write_text("thing==1.0\n")
    asked = machine.folder / "apt"
    for name, script in (("apt-get", f'echo "$*" >>{asked}'), ("dpkg-query", "echo not-installed")):
        (machine.folder / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
        (machine.folder / "tools" / name).chmod(0o755)
    assert "PDF: its libraries are in the release" in machine.only_install()
    assert "libpango-1.0-0" in asked.read_text()
    (machine.folder / "tools/apt-get").write_text("#!/bin/sh\necho no route >&2\nexit 100\n")
    said = machine.only_install()
    assert "reports are written without one" in said and "done, and nothing was started" in said
    assert "its libraries" not in said


def test_a_wheel_that_is_not_there_is_named_with_its_own_cure(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "install_libraries", INSTALL_LIBRARIES)
    with_every_package(machine)
    (machine.source / "requirements/pdf.txt").write_text(f"paper==1.0 --hash=sha256:{'0' * 64}\n")
    said = machine.only_install()
    assert "PDF: reports are written without one: installing what requirements/pdf.txt locks failed" in said
    assert f"--dest {machine.wheels} --requirement requirements/pdf.txt, then run the same command again" in said
    assert "apt-get" not in said
    assert "done, and nothing was started" in said


SIGNED = """
[report]
certificate_file = "/etc/beffroi/seal.pem"
key_file = "/etc/beffroi/seal.key"
"""


def test_what_signs_comes_once_the_keys_are_configured(machine: Machine) -> None:
    with_every_package(machine)
    lock = (machine.source / "requirements/runtime.txt").read_text()
    for name in ("pdf", "signature"):
        (machine.source / f"requirements/{name}.txt").write_text(lock)
    assert "what signs it" not in machine.only_install()
    with machine.places.configuration.open("a") as file:
        file.write(SIGNED)
    assert "PDF: what signs it is in the release" in machine.only_install()
    assert "what signs it" not in machine.only_install()  # it is there already


@pytest.mark.slow
def test_without_what_signs_the_pdf_comes_all_the_same(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "install_libraries", INSTALL_LIBRARIES)
    asked = machine.folder / "apt"
    for name, script in (("apt-get", f'echo "$*" >>{asked}'), ("dpkg-query", "echo not-installed")):
        (machine.folder / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
        (machine.folder / "tools" / name).chmod(0o755)
    lock = (machine.source / "requirements/runtime.txt").read_text()
    (machine.source / "requirements/pdf.txt").write_text(lock)
    (machine.source / "requirements/signature.txt").write_text(f"seal==1.0 --hash=sha256:{'0' * 64}\n")
    with machine.places.configuration.open("a") as file:
        file.write(SIGNED)
    said = machine.only_install()
    assert "PDF: they are not signed: installing what requirements/signature.txt locks failed" in said
    assert "PDF: its libraries are in the release" in said and "libpango-1.0-0" in asked.read_text()
