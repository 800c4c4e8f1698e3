"""`config check` says every mistake on standard error, and one line on standard output where there is none."""

import grp
import io
import json
import os
import sys
from pathlib import Path

import pytest

from agent.__main__ import main
from agent.config.json_schema import json_schema
from tests.parts.unprivileged import NOBODY, in_child, may_play_another_user, open_folder
from tests.parts.web import HASH, certify

SOUND = '[[beneficiary]]\nid = "scota"\n[[host]]\nid = "srv-1"\n'


def beffroi(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the program with some arguments; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["beffroi", *arguments])
    return main()


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Return a configuration that holds no mistake."""
    path = tmp_path / "sound.toml"
    path.write_text(SOUND)
    return path


def test_a_sound_file_is_one_line_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sound: Path
) -> None:
    assert beffroi(monkeypatch, "config", "check", str(sound)) == 0
    assert capsys.readouterr() == (f"{sound}: no mistake (1 host, 0 backups, 0 log sources)\n", "")


def test_every_mistake_is_a_line_and_a_hint_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sound: Path
) -> None:
    sound.write_text(f'{SOUND}portt = 22\n[agent]\ntimeout = 60\n[targets.backup-rpo]\nlimit = "25h"\n')

    assert beffroi(monkeypatch, "config", "check", str(sound)) == 2
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert [line.split(": ")[:2] for line in lines[::2]] == [
        [f"{sound}:5", "host.portt"],
        [f"{sound}:7", "agent.timeout"],
        [f"{sound}:9", "targets.backup-rpo.limit"],
    ]
    assert all(line.startswith("hint: ") for line in lines[1::2])
    assert "beffroi register add adaptation target=backup-rpo limit=25h" in lines[-1]


@pytest.mark.parametrize("place", ["before", "after", "variable", "argument"])
def test_the_file_is_named_before_or_after_the_command_or_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sound: Path, place: str
) -> None:
    monkeypatch.setenv("BEFFROI_CONFIG", str(sound) if place == "variable" else "/nowhere.toml")
    arguments = {
        "before": ("--config", str(sound), "config", "check"),
        "after": ("config", "check", f"--config={sound}"),
        "variable": ("config", "check"),
        "argument": ("--config", "/elsewhere.toml", "config", "check", str(sound)),
    }

    assert beffroi(monkeypatch, *arguments[place]) == 0
    assert str(sound) in capsys.readouterr().out


def test_a_file_that_is_not_there_is_one_line_and_a_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert beffroi(monkeypatch, "config", "check", str(tmp_path / "none.toml")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 2


def test_a_hostile_file_name_cannot_forge_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a\nb\x1b[31m.toml"
    path.write_text("x = 1\n")

    assert beffroi(monkeypatch, "config", "check", str(path)) == 2
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert all(line.startswith(("hint: ", str(tmp_path))) for line in err.splitlines())


def check_as_root(folder: Path, monkeypatch: pytest.MonkeyPatch, password_mode: int, mode: int = 0o644) -> list[str]:
    """Return what root is told of a site whose state directory belongs to another user."""
    state, secret, path = folder / "state", folder / "password", folder / "beffroi.toml"
    state.mkdir(mode=0o750)
    os.chown(state, NOBODY, NOBODY)
    secret.write_text("secret\n")
    secret.chmod(password_mode)
    # The certificate's key has the same rights as the password.
    page = certify(folder, "page")
    page.key.chmod(password_mode)
    web = folder / "web.yml"
    web.write_text(
        f"tls_server_config:\n  cert_file: page.crt\n  key_file: page.key\nbasic_auth_users:\n  ops: {HASH}\n"
    )
    path.write_text(
        f'[agent]\nstate_directory = "{state}"\nweb_config = "{web}"\n{SOUND}[alert]\nheartbeat_file = "{secret}"\n'
    )
    path.chmod(mode)

    def work() -> str:
        written = io.StringIO()
        monkeypatch.setattr(sys, "stderr", written)
        code = beffroi(monkeypatch, "--config", str(path), "config", "check")
        return f"{code}\n{written.getvalue()}"

    return in_child(work).splitlines()


needs_another_user = pytest.mark.skipif(not may_play_another_user(), reason="needs root, and an open Python")


@needs_another_user
@pytest.mark.programs
def test_root_tries_every_file_as_the_service_s_user(monkeypatch: pytest.MonkeyPatch) -> None:
    group = grp.getgrgid(NOBODY).gr_name
    with open_folder() as folder:
        code, *said = check_as_root(folder, monkeypatch, 0o600)

    assert code == "2"
    assert len(said) == 4
    assert f'alert.heartbeat_file: the file "{folder}/password" may not be read by this user (nobody)' in said[0]
    assert said[1] == f"hint: chown root:{group} {folder}/password and chmod 0640 {folder}/password"
    assert said[2] == f"{folder}/web.yml:3: tls_server_config.key_file: {folder}/page.key may not be read by this user"
    assert said[3] == f"hint: chown root:{group} {folder}/page.key and chmod 0640 {folder}/page.key"


@needs_another_user
@pytest.mark.programs
def test_a_configuration_that_the_service_may_not_read_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as folder:
        code, *said = check_as_root(folder, monkeypatch, 0o600, mode=0o600)

    assert code == "2"
    assert said[0] == f"{folder}/beffroi.toml:1: file: this file may not be read by this user (nobody)"
    assert said[1].startswith("hint: chown root:")
    assert len(said) == 6


@needs_another_user
@pytest.mark.programs
@pytest.mark.parametrize("given", [("config", "check"), ("status", "--config")])
def test_a_named_file_that_may_not_be_read_says_how(monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]) -> None:
    with open_folder() as folder:
        path = folder / "beffroi.toml"
        path.write_text(SOUND)
        path.chmod(0o600)

        def work() -> str:
            written = io.StringIO()
            monkeypatch.setattr(sys, "stderr", written)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            code = beffroi(monkeypatch, *given, str(path))
            return f"{code}\n{written.getvalue()}"

        code, *said = in_child(work).splitlines()

    assert code == "2"
    assert said[0] == f"{folder}/beffroi.toml may not be read by this user"
    assert said[1].startswith("hint: sudo beffroi ")


@pytest.mark.parametrize(
    ("days", "told", "hint"),
    [
        (-1, "expired on ", "hint: renew the certificate"),
        (3, "expires on ", "hint: renew it; a renewed certificate is taken without a reload"),
    ],
)
def test_a_certificate_that_ends_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sound: Path,
    days: int,
    told: str,
    hint: str,
) -> None:
    certify(sound.parent, "page", days=days)
    web = sound.parent / "web.yml"
    web.write_text("tls_server_config:\n  cert_file: page.crt\n  key_file: page.key\n")
    sound.write_text(f'[agent]\nweb_config = "{web}"\n{SOUND}')

    assert beffroi(monkeypatch, "config", "check", str(sound)) == (2 if days < 0 else 0)
    wrong, mend = capsys.readouterr().err.splitlines()
    assert "tls_server_config.cert_file" in wrong
    assert f"page.crt {told}" in wrong
    assert mend == hint
    if days < 0:
        assert wrong.startswith(f"{web}:2: ")


def test_what_is_in_force_is_printed_and_loads_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sound: Path
) -> None:
    assert beffroi(monkeypatch, "config", "show", str(sound)) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"# {sound}, digest ")
    assert 'timeout = "60s"  # default' in shown
    sound.write_text(shown)

    assert beffroi(monkeypatch, "config", "check", str(sound)) == 0


def test_the_schema_is_printed_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert beffroi(monkeypatch, "config", "schema") == 0
    assert json.loads(capsys.readouterr().out) == json_schema()
