"""How each host is reached is what Ansible itself makes of the same files; what is not followed is told with its line.

`recorded/*.listed.json` is `_meta.hostvars` of what `ansible-inventory --list` (ansible-core 2.19.14) says of the files
beside it.
"""

import json
from pathlib import Path

import pytest

from agent.config.ansible.hosts import HostOverrides, reached
from agent.config.ansible.read import read_inventory
from tests.config.ansible.written import hosts, refused

RECORDED = Path(__file__).parent / "recorded"


@pytest.mark.parametrize("name", ["hosts.ini", "hosts.yml"])
def test_every_host_is_reached_as_ansible_reaches_it(name: str) -> None:
    read = read_inventory(RECORDED / name)
    found = dict(reached(read, lambda host: HostOverrides(keys=(), ignored=()), ()))
    assert read.listing.mistakes == []
    assert found == {host: keys_of(host, told) for host, told in listed(name).items()}


def listed(name: str) -> dict[str, dict[str, object]]:
    told: dict[str, dict[str, object]] = json.loads((RECORDED / f"{name}.listed.json").read_text())
    return told


def keys_of(host: str, told: dict[str, object]) -> dict[str, object]:
    key_file = told.get("ansible_ssh_private_key_file", told.get("ansible_private_key_file"))
    keys = {
        "transport": "ssh",
        "address": told.get("ansible_host", host),
        "port": told.get("ansible_port"),
        "user": told.get("ansible_user"),
        "key_file": key_file,
    }
    return {key: value for key, value in keys.items() if value is not None}


def test_a_host_of_the_machine_itself_is_local(tmp_path: Path) -> None:
    (host,) = hosts(tmp_path, "here ansible_connection=local ansible_user=root ansible_port=22\n").values()
    assert (host.transport, host.address, host.user, host.port) == ("local", None, None, None)


def test_the_own_name_is_filled_into_a_template(tmp_path: Path) -> None:
    text = "web.a ansible_host='{{ inventory_hostname_short }}.b' ansible_user='{{inventory_hostname}}'\n"
    (host,) = hosts(tmp_path, text).values()
    assert (host.address, host.user) == ("web.b", "web.a")


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("ansible_host={{other}}", "ansible_host: holds a template"),
        ("ansible_host=", "ansible_host: is empty"),
        ("ansible_port=ssh", 'ansible_port: "ssh" is no port'),
        ("ansible_port=70000", 'ansible_port: "70000" is no port'),
        ("ansible_connection=winrm", 'ansible_connection: reaches a by "winrm"'),
        ("ansible_ssh_private_key_file=~/.ssh/id", "ansible_ssh_private_key_file: is no absolute path"),
        ("ansible_ssh_common_args='-J bastion'", "ansible_ssh_common_args: changes how a is reached"),
        ("ansible_ssh_common_args='-o ProxyCommand=x'", "ansible_ssh_common_args: changes how a is reached"),
        ("ansible_ssh_executable=/bin/x", "ansible_ssh_executable: changes how a is reached"),
    ],
)
def test_what_would_lead_elsewhere_is_a_mistake_at_its_line(tmp_path: Path, variable: str, words: str) -> None:
    (mistake,) = refused(tmp_path, f"# one\na {variable}\n")
    assert mistake.startswith(f"hosts.ini:2: {words}")


def test_one_variable_of_a_group_is_one_mistake_however_many_hosts_it_is_for(tmp_path: Path) -> None:
    (mistake,) = refused(tmp_path, "[w]\nw[1:9]\n[w:vars]\nansible_port=many\n")
    assert mistake == 'hosts.ini:4: ansible_port: "many" is no port'


def test_options_that_change_neither_way_nor_trust_are_passed_over(tmp_path: Path) -> None:
    options = (
        "-C -o ControlMaster=auto -oControlPersist=60s -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no"
    )
    assert set(hosts(tmp_path, f"a ansible_ssh_common_args='{options}'\n")) == {"a"}


def test_a_variable_that_is_settled_otherwise_is_ignored_on_demand(tmp_path: Path) -> None:
    text = "a ansible_ssh_common_args='-J bastion'\n"
    assert set(hosts(tmp_path, text, 'ignore = ["ansible_ssh_common_args"]\n')) == {"a"}


def test_what_the_file_itself_says_of_a_host_needs_no_variable(tmp_path: Path) -> None:
    text = "a ansible_connection=winrm ansible_port='{{ x }}'\n"
    own = '[[host]]\nid = "a"\ntransport = "ssh"\naddress = "a.example"\nport = 22\n'
    (host,) = hosts(tmp_path, text, own).values()
    assert (host.address, host.port) == ("a.example", 22)


def test_an_encrypted_variable_is_no_address(tmp_path: Path) -> None:
    text = "all:\n  hosts:\n    a:\n      ansible_host: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        3162\n"
    (mistake,) = refused(tmp_path, text, name="hosts.yml")
    assert mistake.startswith("hosts.yml:4: ansible_host: is encrypted")


def test_a_name_that_can_be_no_subject_is_a_mistake_and_may_be_left_out(tmp_path: Path) -> None:
    (mistake,) = refused(tmp_path, "a\n_b\n")
    assert mistake.startswith('hosts.ini:2: host: "_b" is not an id')
    assert set(hosts(tmp_path, "a\n_b\n", 'except = ["_b"]\n')) == {"a"}


def test_no_password_is_ever_repeated(tmp_path: Path) -> None:
    text = "a ansible_password=hunter2 ansible_port=x\nb hunter2hunter2\n[w:vars]\nhunter2\n"
    mistakes = refused(tmp_path, text)
    assert len(mistakes) == 4
    assert "hunter2" not in "".join(mistakes)
