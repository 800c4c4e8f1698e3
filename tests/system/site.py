"""A small site on one machine: a host behind ssh, a copy over sftp, a protected page, a receiver of alerts."""

import json
import pathlib

from tests.system.inside import BEFFROI, CONFIGURATION, STATE, comes, ran, sure
from tests.system.typed import JUDGED

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
UNREACHED = ("not-run", "unreachable", "denied", "host-key-changed", "host-key-unknown", "timed-out")


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
