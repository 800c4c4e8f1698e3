"""The privileged reader behind real systemd: it answers the daemon, no one else, and can write nothing."""

import json
import pathlib
import subprocess

from tests.system.inside import BEFFROI, CONFIGURATION, as_user, comes, ran, served, sure

SOCKET = "/run/beffroi-reader.socket"
UNITS = pathlib.Path("/etc/systemd/system")
RUN = pathlib.Path("/run/systemd/system")
ASKER = pathlib.Path("/usr/local/lib/ask.py")
ASK = """
import socket, sys, time
with socket.socket(socket.AF_UNIX) as asker:
    asker.settimeout(60)
    asker.connect(sys.argv[1])
    asker.sendall(sys.argv[2].encode() + b"\\n")
    asker.shutdown(socket.SHUT_WR)
    while said := asker.recv(65536):
        sys.stdout.buffer.write(said)
"""
# Half requests, ones without measure, ones that are left, and one that never takes its answer.
HOSTILE = """
import socket, sys
open_ones = []
for number in range(60):
    asker = socket.socket(socket.AF_UNIX)
    asker.settimeout(5)
    try:
        asker.connect(sys.argv[1])
        asker.sendall([b"acc", b"x" * 200000, b"GET / HTTP/1.1\\r\\n\\r\\n", b"keys\\n"][number % 4])
    except OSError:
        pass
    open_ones.append(asker)
"""


def asked(user: str, word: str) -> subprocess.CompletedProcess[str]:
    """Return what someone is answered."""
    ASKER.parent.mkdir(exist_ok=True)
    ASKER.write_text(ASK)
    ASKER.chmod(0o644)
    return as_user(user, "python3", str(ASKER), SOCKET, word)


def in_the_sandbox_of(unit: str, name: str, command: str) -> str:
    """Return what a command says in the very sandbox of a unit of ours."""
    said = pathlib.Path("/run", f"{name}.said")
    left_out = ("Exec", "Type=", "NotifyAccess", "Watchdog", "Restart", "StandardInput", "StandardOutput", "Timeout")
    lines = [line for line in (UNITS / unit).read_text().splitlines() if not line.startswith((*left_out, "RuntimeMax"))]
    own = ["Type=oneshot", f"ExecStart={command}", f"StandardOutput=file:{said}", "StandardError=journal"]
    own.append("SuccessExitStatus=1 3")
    lines = [more for line in lines for more in ((line, *own) if line == "[Service]" else (line,))]
    (RUN / f"{name}.service").write_text("\n".join(lines) + "\n")
    said.unlink(missing_ok=True)  # systemd writes over the beginning of one that is there
    sure("systemctl", "daemon-reload")
    try:
        sure("systemctl", "start", f"{name}.service")
        return said.read_text()
    finally:
        said.unlink(missing_ok=True)
        (RUN / f"{name}.service").unlink()
        sure("systemctl", "daemon-reload")


def judged(host: str = "fresh") -> dict[str, tuple[str, str, str]]:
    """Return what a look from inside the daemon's sandbox comes to, by target, of one machine alone."""
    said = in_the_sandbox_of("beffroi.service", "beffroi-look", f"{BEFFROI} check --host {host} --json")
    found = json.loads(said)["verdicts"]
    return {one["target"]: (one["state"], one["reason"], one["detail"]) for one in found if one["subject"] == host}


def answers_the_daemon_what_root_alone_sees() -> None:
    sure("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "install", "sudo", "nftables", "iptables")
    usual = "iif lo accept; ct state established,related accept;"
    chain = f"chain i {{ type filter hook input priority 0; policy drop; {usual} }};"
    sure("nft", f"table inet own {{ {chain} }}")
    policy = pathlib.Path("/etc/ssh/sshd_config.d/own.conf")
    policy.write_text("PasswordAuthentication no\nKbdInteractiveAuthentication no\nMatch Address 10.0.0.0/8\n")
    policy.chmod(0o600)
    sure("systemctl", "reload", "ssh")
    sure("chmod", "700", "/home/store", "/home/store/.ssh")
    sure("chmod", "600", "/home/store/.ssh/authorized_keys")
    try:
        found = judged()
        assert found["strong-authentication"][:2] == ("met", "within-limit"), found
        assert "pairs=2" in found["strong-authentication"][2], found
        assert found["network-segmentation"][0] == "met", found
        assert found["patching"][1] != "denied", found
        # One who opens a second door with a password alone is seen as well.
        policy.write_text(policy.read_text() + "PasswordAuthentication yes\n")
        sure("usermod", "-p", sure("openssl", "passwd", "-6", "word").strip(), "store")
        assert judged()["strong-authentication"][:2] == ("missed", "weak-authentication")
    finally:
        policy.unlink()
        sure("nft", "flush", "ruleset")
        sure("usermod", "-L", "store")


def answers_an_account_behind_ssh_by_the_line_for_sudo_of_the_guide() -> None:
    """The same machine, by another door; every step is the guide's own."""
    sure("useradd", "--create-home", "--shell", "/bin/sh", "watch")
    folder, keys = pathlib.Path("/home/watch/.ssh"), pathlib.Path("/var/lib/beffroi/.ssh")
    folder.mkdir(mode=0o700)
    (folder / "authorized_keys").write_text(f"restrict {(keys / 'id_ed25519.pub').read_text()}")
    sure("chown", "-R", "watch:watch", str(folder))
    guide = sure(BEFFROI, "explain", "ssh", "--language", "en")
    (line,) = (line.strip() for line in guide.splitlines() if "NOPASSWD" in line)
    program, rule = pathlib.Path("/usr/local/sbin/beffroi-root"), pathlib.Path("/etc/sudoers.d/beffroi")
    program.write_text(guide[guide.index("#!/bin/sh") :])
    program.chmod(0o755)
    good = CONFIGURATION.read_text()
    CONFIGURATION.write_text(
        f'{good}\n[[host]]\nid = "far"\ntransport = "ssh"\naddress = "localhost"\nuser = "watch"\n'
        f'key_file = "{keys}/id_ed25519"\nknown_hosts = "{keys}/known_hosts"\n'
        'collect = ["access", "network", "patches"]\n'
    )
    try:
        refused = judged("far")
        assert {refused[one][0] for one in ("strong-authentication", "network-segmentation")} == {"unproven"}, refused
        assert "a password is required" in str(refused), refused
        rule.write_text(line.replace("beffroi ALL", "watch ALL") + "\n")
        rule.chmod(0o440)
        found = judged("far")
        assert found["strong-authentication"][:2] == ("met", "within-limit"), found
        assert found["network-segmentation"][:2] == ("missed", "absent"), found
        assert found["patching"][1] != "denied", found
        more = as_user("watch", "sudo", "-n", str(program), "accounts")
        assert more.returncode != 0 and more.stdout == "", more
    finally:
        CONFIGURATION.write_text(good)
        program.unlink()
        rule.unlink(missing_ok=True)
        sure("userdel", "--force", "--remove", "watch")


def exposes_little() -> None:
    said = ran("systemd-analyze", "security", "--threshold=20", "beffroi-reader@any.service")
    assert said.returncode == 0, said.stdout[-300:]


def answers_nobody_else() -> None:
    answer = asked("beffroi", "accounts")
    assert answer.stdout.startswith("beffroi-root 15\n") and answer.stdout.endswith("== end\n"), answer
    assert "beffroi:locked:" in answer.stdout and "$" not in answer.stdout, answer
    for user in ("reader", "stranger", "daemon", "beffroi-reader"):
        refused = asked(user, "accounts")
        assert refused.stdout == "" and "PermissionError" in refused.stderr, (user, refused)
    assert asked("root", "accounts").stdout == ""
    assert "refused: the request comes from another user" in sure(
        "journalctl", "--no-pager", "-n", "200", "-t", "python"
    )
    assert asked("beffroi", "shadow").stdout == ""


def hostile_askers_keep_it_from_nothing() -> None:
    done = as_user("beffroi", "python3", "-c", HOSTILE, SOCKET)
    assert done.returncode == 0, done
    assert comes(lambda: asked("beffroi", "accounts").stdout.endswith("== end\n"), 30)
    count = ("sh", "-c", "systemctl list-units --all --no-legend 'beffroi-reader@*' | wc -l")
    assert comes(lambda: sure(*count).strip() == "0", 150), sure(*count)


def can_write_nothing() -> None:
    attempts = (
        "for file in /etc/x /usr/x /var/lib/x /var/lib/beffroi/x /var/tmp/x /tmp/x /run/x /home/x /root/x; do "
        "echo x >$file && echo wrote $file; done; "
        "for file in /proc/1/oom_score_adj /proc/1/mem /proc/self/oom_score_adj /proc/sys/kernel/hostname; do "
        "echo 0 >$file && echo wrote $file; done; "
        "nft add table inet planted && echo changed the firewall; "
        "id -un; grep NoNewPrivs /proc/self/status; head -c 5 /etc/shadow"
    )
    said = in_the_sandbox_of("beffroi-reader@.service", "beffroi-tried", f'/bin/sh -c "{attempts.replace("$", "$$")}"')
    sure("nft", "flush", "ruleset")
    # Said in docs/security.md: the right to list rules is the right to change them.
    lines = [line for line in said.splitlines() if line != "changed the firewall"]
    assert lines == ["beffroi-reader", "NoNewPrivs:\t1", "root:"], said


def without_it_is_denied_and_stays_without() -> None:
    sure("systemctl", "disable", "--now", "beffroi-reader.socket")
    try:
        assert not pathlib.Path(SOCKET).exists()
        found = judged()
        state, _reason, detail = found["strong-authentication"]
        assert state == "unproven" and "denied (part=sshd" in detail, found
        assert found["network-segmentation"][:2] == ("unproven", "denied"), found
        assert ran("./beffroi", "install").returncode == 0
        assert ran("systemctl", "is-enabled", "beffroi-reader.socket").stdout.strip() == "disabled"
    finally:
        sure("systemctl", "enable", "--now", "beffroi-reader.socket")
    assert comes(lambda: served() != {})


STEPS = (
    answers_the_daemon_what_root_alone_sees,
    answers_an_account_behind_ssh_by_the_line_for_sudo_of_the_guide,
    exposes_little,
    answers_nobody_else,
    hostile_askers_keep_it_from_nothing,
    can_write_nothing,
    without_it_is_denied_and_stays_without,
)
