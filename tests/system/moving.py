"""What docs/moving.md says, each command as it stands there, typed by an administrator of a small site.

One machine is the old one, and after a purge, with other numbers for users and groups, the new one.
"""

import json
import os
import pathlib
import pty
import re
import subprocess
import time
from collections.abc import Callable, Mapping

from tests.system.inside import BEFFROI, CONFIGURATION, STATE, comes, owners, ran, sure

DOCUMENT = pathlib.Path("docs/moving.md")
ETC = CONFIGURATION.parent
PASSWORD, REPOSITORY, SOURCE = ETC / "files.password", "/srv/restic/files", pathlib.Path("/srv/scota")
SITE = """\
[agent]
web_config = "/etc/beffroi/web.yml"
readers = ["prometheus"]

[alert]
webhook_file = "/etc/beffroi/webhook"

[[beneficiary]]
id = "scota"
name = "SCOTA"

[[host]]
id = "srv-1"
site = "arras"
perimeter = "mutualised"
collect = ["clock"]

[[host]]
id = "vault"
transport = "ssh"
address = "vault.example"
user = "watched"
key_file = "/etc/beffroi/hosts.key"
known_hosts = "/etc/beffroi/known_hosts"
site = "cambrai"
perimeter = "mutualised"
collect = ["clock"]

[[host]]
id = "srv-9"
site = "arras"
perimeter = "mutualised"
collect = ["clock"]

[[backup]]
id = "files"
beneficiary = "scota"
host = "srv-1"
paths = ["/srv/scota"]

[[backup.copy]]
id = "offsite"
repository = "sftp:watched@vault.example:/srv/restic/files"
password_file = "/etc/beffroi/files.password"
site = "cambrai"
country = "FR"
offsite = true
"""
WEB = "tls_server_config:\n  cert_file: page.crt\n  key_file: page.key\nbasic_auth_users:\n  prometheus: {hash}\n"
# Takes what is posted to it, as a receiver of alerts would.
RECEIVER = """
import http.server
class Taking(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", 8008), Taking).serve_forever()
"""
RECEIVES = pathlib.Path("/usr/local/lib/receiver.py")
ALLOWED = pathlib.Path("/home/watched/.ssh/authorized_keys")
HOST_KEY = pathlib.Path("/etc/ssh/ssh_host_ed25519_key.pub")
DROP_IN = pathlib.Path("/etc/systemd/system/beffroi.service.d/own.conf")
BELIEVING = ETC / "believing.toml"
ARCHIVES = (pathlib.Path("/root/beffroi.tar"), pathlib.Path("/root/etc-beffroi.tar"))
UNREACHED = ("not-run", "unreachable", "denied", "host-key-changed", "host-key-unknown", "timed-out")
JUDGED = (0, 1, 3)
Done = subprocess.CompletedProcess[str]


# What is typed


def blocks(heading: str) -> list[list[str]]:
    """Return the commands of each block of a section."""
    (section,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", DOCUMENT.read_text(), re.M | re.S)
    found = re.findall(r"^ *```sh\n(.*?)^ *```$", section, re.M | re.S)
    return [[line.strip() for line in block.splitlines()] for block in found]


def typed(line: str, answers: str = "") -> Done:
    """Return what a line of the shell did that an administrator types on a terminal, whose answers lie there already."""
    terminal, ours = pty.openpty()
    os.write(terminal, answers.encode())
    who = ("setpriv", "--reuid=manager", "--regid=manager", "--init-groups", "env", "HOME=/home/manager")
    try:
        return subprocess.run(
            ("setsid", "--ctty", "--wait", *who, "bash", "-c", line),
            stdin=ours,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
    finally:
        os.close(ours)
        os.close(terminal)


def as_written(
    commands: list[str],
    answers: Mapping[str, str] | None = None,
    changed: Mapping[str, str] | None = None,
    by_hand: Mapping[str, Callable[[], None]] | None = None,
) -> list[str]:
    """Type a block; return what each command printed on both channels.

    `answers` are by a word of the command, `changed` are names that the document leaves to its reader, `by_hand` is what
    a line that is a comment asks for, by its first words. A look may find what is not met; all else succeeds.
    """
    said = []
    hands = dict(by_hand or {})
    for line in commands:
        if line.startswith("#"):
            (hand,) = [words for words in hands if line.startswith(f"# {words}")]
            hands.pop(hand)()
            continue
        for old, new in (changed or {}).items():
            line = line.replace(old, new)
        done = typed(line, "".join(words for part, words in (answers or {}).items() if part in line))
        wanted = JUDGED if "beffroi check" in line else (0,)
        assert done.returncode in wanted, (line, done)
        said.append(done.stdout + done.stderr)
    assert not hands, hands
    return said


# The site


def seen(target: str, subject: str) -> tuple[str, str]:
    """Return what a look made now says, of which nothing is kept; the declared site of the copy is believed."""
    BELIEVING.write_text(CONFIGURATION.read_text().replace("[agent]\n", "[agent]\ndemonstration = true\n", 1))
    done = ran(BEFFROI, "check", "--no-store", "--json", "--target", target, "--config", str(BELIEVING))
    BELIEVING.unlink()
    assert done.returncode in JUDGED, done
    found = {one["subject"]: (one["state"], one["reason"]) for one in json.loads(done.stdout)["verdicts"]}
    return found[subject]


def is_seen() -> None:
    """Hold a look to finding the copy readable and the vault there to answer."""
    assert comes(lambda: seen("backup-rpo", "files") == ("met", "within-limit"), 90), seen("backup-rpo", "files")
    assert comes(lambda: seen("log-collection", "vault")[1] not in UNREACHED, 90), seen("log-collection", "vault")


def page(password: str) -> int:
    """Return what the page answers to Prometheus, over TLS with the certificate in force."""
    who, where = f"prometheus:{password}", "https://localhost:9588/metrics"
    done = ran(
        "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", str(ETC / "page.crt"), "-u", who, where
    )
    return int(done.stdout)


def owned_by_the_group(path: pathlib.Path, text: str) -> None:
    path.write_text(text)
    sure("chown", "root:beffroi", str(path))
    path.chmod(0o640)


def certificate(folder: pathlib.Path) -> None:
    """Make a certificate of the page and its key."""
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    keys = ("-keyout", str(folder / "page.key"), "-out", str(folder / "page.crt"))
    sure("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "90", *subject, *keys)


def key_allowed(public: pathlib.Path) -> None:
    """Have the vault take a key beside those that it takes."""
    with ALLOWED.open("a") as file:
        file.write(public.read_text())


def ssh_of_the_service() -> None:
    """Make the key and the known hosts with which restic reaches its copy, in the state directory."""
    keys = STATE / ".ssh"
    keys.mkdir(mode=0o700)
    sure("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id_ed25519"))
    (keys / "known_hosts").write_bytes((ETC / "known_hosts").read_bytes())
    key_allowed(keys / "id_ed25519.pub")
    sure("chown", "-R", "beffroi:beffroi", str(keys))


def a_vault_stands_beside() -> None:
    packages = ("sudo", "openssh-server", "apache2-utils", "restic", "curl", "openssl")
    sure("apt-get", "-qq", "update")
    sure("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "install", *packages)
    sure("systemctl", "start", "ssh")
    sure("useradd", "--create-home", "--shell", "/bin/bash", "manager")
    pathlib.Path("/etc/sudoers.d/manager").write_text("manager ALL=(ALL) NOPASSWD: ALL\n")
    sure("useradd", "--create-home", "--shell", "/bin/sh", "watched")
    with pathlib.Path("/etc/hosts").open("a") as file:
        file.write("127.0.0.1 vault.example\n")
    ALLOWED.parent.mkdir(mode=0o700)
    ALLOWED.touch()
    sure("chown", "-R", "watched:", str(ALLOWED.parent))
    RECEIVES.write_text(RECEIVER)
    sure("systemd-run", "--unit", "receiver", "python3", str(RECEIVES))


def a_site_is_watched() -> None:
    assert ran("./beffroi", "install").returncode == 0
    SOURCE.mkdir()
    (SOURCE / "file").write_text("text\n" * 1000)
    owned_by_the_group(PASSWORD, "a first password\n")
    for words in (("init",), ("backup", str(SOURCE))):
        sure("restic", "--repo", REPOSITORY, "--password-file", str(PASSWORD), *words)
    sure("chown", "-R", "watched:", str(pathlib.Path(REPOSITORY).parent))
    sure("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(ETC / "hosts.key"))
    key_allowed(ETC / "hosts.key.pub")
    owned_by_the_group(ETC / "hosts.key", (ETC / "hosts.key").read_text())
    owned_by_the_group(ETC / "known_hosts", f"vault.example {HOST_KEY.read_text()}")
    ssh_of_the_service()
    owned_by_the_group(ETC / "webhook", "http://127.0.0.1:8008/\n")
    certificate(ETC)
    sure("chgrp", "beffroi", str(ETC / "page.key"))
    (ETC / "page.key").chmod(0o640)
    owned_by_the_group(ETC / "web.yml", WEB.format(hash=hash_of("first")))
    owned_by_the_group(CONFIGURATION, SITE)
    done = ran(BEFFROI, "begin", "--yes")
    assert done.returncode == 0, done.stderr
    assert comes(lambda: page("first") == 200)
    is_seen()
    sure("systemctl", "enable", "--now", "beffroi-report@scota.timer")
    DROP_IN.parent.mkdir(exist_ok=True)
    DROP_IN.write_text("[Service]\nNice=5\n")


def hash_of(password: str) -> str:
    return sure("htpasswd", "-nbBC", "10", "prometheus", password).strip().partition(":")[2]


# The procedures, in the order of the document


def moves_to_another_machine() -> None:
    before, fingerprint = rows(), (STATE / "signing-key.pub.pem").read_bytes()
    leaving, arriving = blocks("To another machine")
    *_, timers, drop_ins = as_written(leaving)
    assert "beffroi-report@scota.timer" in timers and str(DROP_IN) in drop_ins, (timers, drop_ins)
    carried = DROP_IN.read_text()
    assert ran(BEFFROI, "uninstall", "--purge", "--yes").returncode == 0
    DROP_IN.parent.mkdir(exist_ok=True)
    DROP_IN.write_text(carried)
    # Another machine gave these numbers to others.
    sure("useradd", "--system", "--user-group", "another")
    said = "".join(as_written(arriving, answers={"beffroi begin": "y\n"}))
    assert "missing: " not in said and "left as it is" not in said, said
    assert comes(lambda: page("first") == 200)
    is_seen()
    assert rows() > before and (STATE / "signing-key.pub.pem").read_bytes() == fingerprint
    assert owners(STATE) == {"beffroi"}
    assert {path.group() for path in (ETC, *ETC.iterdir())} == {"beffroi"}
    sure("systemctl", "enable", "--now", "beffroi-report@scota.timer")
    for archive in ARCHIVES:
        assert archive.stat().st_mode & 0o077 == 0, archive
        archive.unlink()


def rows() -> int:
    """Return how many rows the ledger has, which must be sound."""
    return int(sure(BEFFROI, "ledger", "verify").split()[1])


def rotates_the_password_of_a_repository() -> None:
    (commands,) = blocks("Rotate a repository's password")
    old = PASSWORD.read_text()
    keys = sure("restic", "--repo", REPOSITORY, "--password-file", str(PASSWORD), "key", "list")
    (former,) = re.findall(r"^\*([0-9a-f]{8}) ", keys, re.M)
    done: list[str] = []

    def job_takes_it() -> None:
        done.append(PASSWORD.read_text())
        is_seen()

    as_written(commands, changed={"ID": former}, by_hand={"the job": job_takes_it})
    assert done == [PASSWORD.read_text()] != [old]
    is_seen()
    pathlib.Path("/root/old").write_text(old)
    assert ran("restic", "--repo", REPOSITORY, "--password-file", "/root/old", "snapshots").returncode != 0


def rotates_an_ssh_key() -> None:
    ours, _ = blocks("Rotate an SSH key")
    former = (ETC / "hosts.key.pub").read_text()

    def remove() -> None:
        ALLOWED.write_text(ALLOWED.read_text().replace(former, ""))

    as_written(
        ours,
        by_hand={"on each host: add": lambda: key_allowed(ETC / "hosts.key.new.pub"), "on each host: remove": remove},
    )
    assert former not in ALLOWED.read_text() and (ETC / "hosts.key.pub").read_text() != former
    is_seen()


def knows_a_host_by_its_new_key() -> None:
    _, theirs = blocks("Rotate an SSH key")
    HOST_KEY.unlink()
    HOST_KEY.with_suffix("").unlink()
    sure("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(HOST_KEY.with_suffix("")))
    sure("systemctl", "restart", "ssh")
    assert seen("log-collection", "vault") == ("unproven", "host-key-changed")
    as_written(theirs)
    is_seen()


def rotates_the_password_of_the_page() -> None:
    (commands,) = blocks("Rotate passwords of the page, of mail and of webhooks")
    making, *rest = commands
    (line,) = as_written([making], answers={"htpasswd": "second\nsecond\n"})
    (made,) = re.findall(r"^prometheus:(\S+)", line, re.M)
    as_written(rest, by_hand={"change web.yml": lambda: owned_by_the_group(ETC / "web.yml", WEB.format(hash=made))})
    assert (page("first"), page("second")) == (401, 200)


def renews_a_certificate() -> None:
    (commands,) = blocks("Renew a certificate")
    before = (ETC / "page.crt").read_bytes()
    folder = pathlib.Path("/home/manager")
    certificate(folder)
    as_written([f"cd {folder} && {line}" for line in commands])
    assert (ETC / "page.crt").read_bytes() == (folder / "page.crt").read_bytes() != before
    assert page("second") == 200


def begins_a_new_ledger_with_a_new_key() -> None:
    (commands,) = blocks("The signing key")
    former = (STATE / "signing-key.pub.pem").read_bytes()
    as_written(commands)
    assert comes(lambda: page("second") == 200)
    assert (STATE / "signing-key.pub.pem").read_bytes() != former
    is_seen()
    assert owners(STATE) == {"beffroi"}


def retires_a_host() -> None:
    (commands,) = blocks("Retire")
    today = time.strftime("%Y-%m-%d")
    said = as_written(commands, changed={"2026-12-31": today})
    assert "srv-9" in said[-1], said
    sure("systemctl", "is-active", "beffroi")


STEPS = (
    a_vault_stands_beside,
    a_site_is_watched,
    moves_to_another_machine,
    rotates_the_password_of_a_repository,
    rotates_an_ssh_key,
    knows_a_host_by_its_new_key,
    rotates_the_password_of_the_page,
    renews_a_certificate,
    begins_a_new_ledger_with_a_new_key,
    retires_a_host,
)
