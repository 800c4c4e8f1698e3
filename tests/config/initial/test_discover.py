"""What a machine shows of its backups is found where the documentation of each tool says, and no secret is kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.initial.clues import assigned, commands
from agent.config.initial.discover import DiscoveredMachine, FoundRepository, discover
from agent.config.initial.draft import initial

SECRET = "hunter2-correct-horse"


def put(root: Path, path: str, text: str) -> None:
    """Write a file of a machine whose file tree begins at a root."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def found(root: Path) -> FoundRepository:
    """Return the one repository that a machine shows."""
    (one,) = discover(root, "srv-1").repositories
    return one


def test_a_bare_machine_shows_nothing(tmp_path: Path) -> None:
    assert discover(tmp_path, "srv-1") == DiscoveredMachine(name="srv-1")


def test_a_unit_with_everything_in_its_environment(tmp_path: Path) -> None:
    put(
        tmp_path,
        "etc/systemd/system/restic-backup.service",
        """\
[Unit]
Description=Backup
[Service]
Type=oneshot
Environment=RESTIC_REPOSITORY=sftp:backup@vault:/srv/restic "RESTIC_PASSWORD_FILE=/etc/restic/password"
ExecStart=/usr/bin/restic backup --exclude /srv/tmp --tag nightly \\
    /srv/scota/ /etc
ExecStartPost=-/usr/bin/restic forget --prune --keep-daily 7
""",
    )

    assert found(tmp_path) == FoundRepository(
        name="restic-backup",
        origin="/etc/systemd/system/restic-backup.service",
        repository="sftp:backup@vault:/srv/restic",
        password_file="/etc/restic/password",
        environment_file=None,
        paths=("/srv/scota", "/etc"),
    )


def test_a_unit_with_an_environment_file_and_a_drop_in(tmp_path: Path) -> None:
    put(
        tmp_path,
        "usr/lib/systemd/system/restic@.service",
        "[Service]\nEnvironmentFile=-/etc/restic/%i.env\nExecStart=restic backup /home\n",
    )
    put(tmp_path, "usr/lib/systemd/system/restic@.service.d/env.conf", "[Service]\nEnvironmentFile=/etc/restic/env\n")
    put(
        tmp_path,
        "etc/restic/env",
        f"# storage\nexport RESTIC_REPOSITORY='s3:https://objets.example/scota'\nAWS_SECRET_ACCESS_KEY={SECRET}\n"
        "RESTIC_PASSWORD_FILE=/etc/restic/password\n",
    )
    one = found(tmp_path)

    assert (one.repository, one.environment_file) == ("s3:https://objets.example/scota", "/etc/restic/env")
    assert (one.password_file, one.paths) == ("/etc/restic/password", ("/home",))


def test_a_unit_s_credential_is_named_by_where_it_comes_from(tmp_path: Path) -> None:
    put(
        tmp_path,
        "etc/systemd/system/backup.service",
        "[Service]\nLoadCredential=restic:/etc/secrets/restic\nEnvironment=RESTIC_PASSWORD_FILE=%d/restic\n"
        "ExecStart=restic -r /mnt/backup backup /srv\n",
    )

    assert found(tmp_path).password_file == "/etc/secrets/restic"


@pytest.mark.parametrize(
    "options",
    [
        "-r /srv/repo -p /etc/pw",
        "--repo /srv/repo --password-file /etc/pw",
        "--repo=/srv/repo --password-file=/etc/pw",
        "--repository-file /etc/repo --password-file=/etc/pw",
    ],
)
def test_options_of_the_command_line(tmp_path: Path, options: str) -> None:
    put(tmp_path, "etc/repo", "/srv/repo\n")
    put(tmp_path, "etc/systemd/system/b.service", f"[Service]\nExecStart=/usr/bin/restic {options} backup /srv/scota\n")

    assert (found(tmp_path).repository, found(tmp_path).password_file) == ("/srv/repo", "/etc/pw")


def test_a_cron_line(tmp_path: Path) -> None:
    put(
        tmp_path,
        "etc/cron.d/restic",
        "RESTIC_REPOSITORY=rest:https://vault.example:8000/scota\nRESTIC_PASSWORD_FILE=/root/.restic\n"
        "30 2 * * * root nice restic --quiet backup /srv/scota && restic check >/dev/null 2>&1\n",
    )
    one = found(tmp_path)

    assert one.repository == "rest:https://vault.example:8000/scota"
    assert (one.password_file, one.paths) == ("/root/.restic", ("/srv/scota",))


@pytest.mark.parametrize("place", ["etc/crontab", "var/spool/cron/crontabs/root"])
def test_a_cron_line_that_calls_a_script(tmp_path: Path, place: str) -> None:
    put(tmp_path, place, "0 3 * * * /usr/local/bin/backup.sh > /var/log/backup.log\n")
    put(
        tmp_path,
        "usr/local/bin/backup.sh",
        f'#!/bin/sh\nexport RESTIC_REPOSITORY="/mnt/backup/restic"\nexport RESTIC_PASSWORD="{SECRET}"\n'
        "restic backup --one-file-system /srv /etc\n",
    )
    one = found(tmp_path)

    assert (one.repository, one.paths, one.password_file) == ("/mnt/backup/restic", ("/srv", "/etc"), None)
    assert any("password" in remark for remark in one.remarks)


def test_a_script_of_every_night(tmp_path: Path) -> None:
    put(tmp_path, "etc/cron.daily/backup", "#!/bin/bash\nrestic -r b2:bucket:scota -p /etc/pw backup /srv\n")

    assert found(tmp_path).repository == "b2:bucket:scota"


def test_what_a_script_works_out_is_left_open(tmp_path: Path) -> None:
    put(tmp_path, "etc/cron.daily/backup", '#!/bin/bash\nrestic -r "$REPO" -p /etc/pw backup "$1" /srv/$HOST\n')
    one = found(tmp_path)

    assert (one.repository, one.paths) == (None, ())


PROFILES_TOML = f"""\
version = "1"
[global]
default-command = "snapshots"
[default]
repository = "sftp:backup@vault:/srv/restic"
password-file = "password.txt"
[default.env]
AWS_SECRET_ACCESS_KEY = "{SECRET}"
[documents]
inherit = "default"
[documents.backup]
source = ["/srv/scota", "/etc"]
schedule = "daily"
"""

PROFILES_YAML = f"""\
version: "2"
global:
  priority: low
profiles:
  default:
    repository: "sftp:backup@vault:/srv/restic"
    password-file: password.txt
    env:
      AWS_SECRET_ACCESS_KEY: {SECRET}
  documents:
    inherit: default
    backup:
      source:
        - /srv/scota
        - /etc
"""

PROFILES_JSON = (
    '{"default": {"repository": "sftp:backup@vault:/srv/restic", "password-file": "password.txt", '
    f'"env": {{"AWS_SECRET_ACCESS_KEY": "{SECRET}"}}}}, '
    '"documents": {"inherit": "default", "backup": {"source": ["/srv/scota", "/etc"]}}}'
)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("etc/resticprofile/profiles.toml", PROFILES_TOML),
        ("etc/resticprofile/profiles.yaml", PROFILES_YAML),
        ("etc/resticprofile/profiles.json", PROFILES_JSON),
    ],
)
def test_a_profile_of_resticprofile(tmp_path: Path, file: str, text: str) -> None:
    put(tmp_path, file, text)
    one = found(tmp_path)

    assert one.name == "documents"
    assert one.origin == f"/{file}, profile documents"
    assert one.repository == "sftp:backup@vault:/srv/restic"
    assert one.password_file == "/etc/resticprofile/password.txt"
    assert one.paths == ("/srv/scota", "/etc")


def test_a_unit_that_names_the_profiles_of_resticprofile(tmp_path: Path) -> None:
    put(tmp_path, "opt/backup/profiles.yaml", PROFILES_YAML)
    put(
        tmp_path,
        "etc/systemd/system/resticprofile-backup@profile-documents.service",
        "[Service]\nExecStart=/usr/local/bin/resticprofile -c /opt/backup/profiles.yaml --name documents backup\n",
    )

    assert found(tmp_path).password_file == "/opt/backup/password.txt"


AUTORESTIC = f"""\
version: 2
locations:
  scota:
    from:
      - /srv/scota
    to: [remote, hdd]
backends:
  remote:
    type: rest
    path: https://scota:{SECRET}@vault.example:8000/scota
    key: {SECRET}
  hdd:
    type: local
    path: /mnt/backup
    key: {SECRET}
"""


def test_the_locations_of_autorestic(tmp_path: Path) -> None:
    put(tmp_path, "root/.autorestic.yml", AUTORESTIC)
    machine = discover(tmp_path, "srv-1")

    assert [(one.repository, one.paths) for one in machine.repositories] == [
        ("rest:https://vault.example:8000/scota", ("/srv/scota",)),
        ("/mnt/backup", ("/srv/scota",)),
    ]
    assert all(one.password_file is None for one in machine.repositories)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/resticprofile/profiles.yaml", "a: [" * 5000),
        ("etc/resticprofile/profiles.yaml", "a: &a [*a]\nb: {<<: *a}\n"),
        ("etc/resticprofile/profiles.yaml", "- 1\n- 2\n"),
        ("etc/resticprofile/profiles.yaml", "{{ define }}\n: :\n"),
        ("etc/resticprofile/profiles.yaml", "x: !!python/object/apply:os.system [id]\n"),
        ("etc/resticprofile/profiles.toml", "[a]\ninherit = 'a'\nbackup = 1\n"),
        ("etc/resticprofile/profiles.json", "[" * 100_000),
        ("etc/resticprofile/profiles.json", '{"a": {"inherit": "a", "backup": {"source": 1}}}'),
        ("etc/cron.d/restic", "* * * * * root restic backup '\n"),
        ("etc/cron.d/restic", "\x00restic\x1b[31m -r /x backup /y\n"),
        ("etc/systemd/system/r.service", "[Service]\nExecStart\n=restic\nExecStart=restic -r\n"),
        ("etc/clamav/clamd.conf", "LocalSocket relative\nLocalSocket /run/$x\n"),
    ],
)
def test_files_that_make_no_sense_end_no_init(tmp_path: Path, path: str, text: str) -> None:
    put(tmp_path, path, text)

    assert "[[host]]" in initial(discover(tmp_path, "srv-1"))


def test_clamav_is_found_by_its_configuration(tmp_path: Path) -> None:
    put(
        tmp_path,
        "etc/clamav/clamd.conf",
        "# comment\nLocalSocket /var/run/clamav/clamd.ctl\nDatabaseDirectory /var/lib/clamav\n",
    )
    machine = discover(tmp_path, "srv-1")

    assert machine.antivirus_socket == "/var/run/clamav/clamd.ctl"
    assert machine.antivirus_database == "/var/lib/clamav"


def test_the_journal_and_apt_are_found(tmp_path: Path) -> None:
    (tmp_path / "var/log/journal").mkdir(parents=True)
    put(tmp_path, "usr/bin/apt-get", "")
    (tmp_path / "usr/bin/apt-get").chmod(0o755)
    machine = discover(tmp_path, "srv-1")

    assert (machine.journal, machine.apt) == ("/var/log/journal", True)


def test_no_secret_is_kept_of_all_that_is_read(tmp_path: Path) -> None:
    put(tmp_path, "root/.autorestic.yml", AUTORESTIC)
    put(tmp_path, "etc/resticprofile/profiles.toml", PROFILES_TOML)
    put(
        tmp_path,
        "etc/systemd/system/a.service",
        f"[Service]\nEnvironment=RESTIC_PASSWORD={SECRET} RESTIC_REPOSITORY=rest:http://{SECRET}@vault/x\n"
        f"ExecStart=restic -r s3:https://AKIA:{SECRET}@objets.example/x backup /srv\n",
    )
    put(tmp_path, "etc/cron.daily/b", f"#!/bin/sh\nRESTIC_PASSWORD={SECRET} restic -r sftp:u:{SECRET}@h:/x backup /a\n")
    machine = discover(tmp_path, "srv-1")

    assert len(machine.repositories) == 5
    assert SECRET not in repr(machine) + initial(machine)


@given(st.text())
def test_any_line_is_read_to_clues_or_to_nothing(line: str) -> None:
    for command in commands(line):
        assert command.tool in ("restic", "resticprofile", "autorestic")
    assert assigned([line]).paths == ()


@pytest.mark.parametrize("sections", [False, True])
def test_the_repositories_of_borgmatic(tmp_path: Path, sections: bool) -> None:
    location = "source_directories:\n    - /srv/scota/\n    - /etc\nrepositories:\n"
    location += (
        "    - ssh://borg@vault/./scota\n" if sections else "    - path: ssh://borg@vault/./scota\n      label: vault\n"
    )
    storage = f'encryption_passcommand: "cat /etc/borgmatic/passphrase"\nencryption_passphrase: {SECRET}\n'
    if sections:
        location = "location:\n" + "".join(f"    {line}\n" for line in location.splitlines())
        storage = "storage:\n" + "".join(f"    {line}\n" for line in storage.splitlines())
    put(tmp_path, "etc/borgmatic/config.yaml", location + storage)
    assert found(tmp_path) == FoundRepository(
        name="borgmatic" if sections else "vault",
        origin=f"/etc/borgmatic/config.yaml, repository {'ssh://borg@vault/./scota' if sections else 'vault'}",
        repository="ssh://borg@vault/./scota",
        password_file="/etc/borgmatic/passphrase",
        environment_file=None,
        paths=("/srv/scota", "/etc"),
        program="borg",
    )
    assert 'program = "borg"' in initial(discover(tmp_path, "srv-1"))
    assert SECRET not in initial(discover(tmp_path, "srv-1"))
