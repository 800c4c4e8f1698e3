"""One list of machines: the inventory's hosts are the file's own, and none is lost between the two."""

import hashlib
from pathlib import Path

import pytest

from agent.config.load import load
from agent.core.errors import ConfigurationError
from tests.config.ansible.written import HEAD, configured, hosts, refused

TWO = "a ansible_user=root\n[web]\nb\n"


def test_what_the_file_says_counts_before_what_holds_for_each_and_that_before_ansible(tmp_path: Path) -> None:
    more = 'host = { user = "beffroi", site = "arras", key_file = "hosts.key" }\n[[host]]\nid = "b"\nsite = "cambrai"\n'
    found = hosts(tmp_path, TWO, more)
    assert [(one.id, one.user, one.site, one.key_file, one.address) for one in found.values()] == [
        ("b", "beffroi", "cambrai", "hosts.key", "b"),
        ("a", "beffroi", "arras", "hosts.key", "a"),
    ]


def test_hosts_of_the_file_alone_stay(tmp_path: Path) -> None:
    assert set(hosts(tmp_path, TWO, '[[host]]\nid = "here"\n')) == {"here", "a", "b"}


def test_what_is_left_out_is_named_and_not_forgotten(tmp_path: Path) -> None:
    inventory = configured(tmp_path, TWO, 'except = ["web"]\n').inventory
    assert [host.id for host in inventory.hosts] == ["a"]
    assert inventory.left_out == ("b",)


def test_leaving_out_nothing_known_everything_or_what_is_declared_is_a_mistake(tmp_path: Path) -> None:
    (unknown,) = refused(tmp_path, TWO, 'except = ["wep"]\n')
    assert unknown == 'beffroi.toml:5: inventory.except: "wep" is no group and no host of the inventory'
    (everything,) = refused(tmp_path, TWO, 'except = ["all"]\n')
    assert 'inventory.except: "all" is every host' in everything
    (declared,) = refused(tmp_path, TWO, 'except = ["b"]\n[[host]]\nid = "b"\n')
    assert declared == 'beffroi.toml:7: host.id: "b" is left out of the inventory, and declared here'


def test_an_inventory_that_is_not_there_stops_everything(tmp_path: Path) -> None:
    (mistake,) = refused(tmp_path, TWO, name="hosts.ini", more='[[host]]\nid = "a"\nsight = "x"\n')
    assert mistake.startswith("beffroi.toml:7: host.sight")
    (tmp_path / "beffroi.toml").write_text(HEAD.format(name="gone.ini") + '[[host]]\nid = "x"\n')
    with pytest.raises(ConfigurationError, match=r"beffroi\.toml:4: inventory\.ansible: .*gone\.ini is not there"):
        load(tmp_path / "beffroi.toml", strict=False)


def test_a_mistake_of_the_file_about_a_listed_host_names_the_inventory(tmp_path: Path) -> None:
    flow = '[[flow]]\nid = "b"\nfrom = "a"\nto = "192.0.2.9:22"\nexpect = "open"\n'
    (mistake,) = refused(tmp_path, TWO, flow)
    assert mistake.endswith(f"both are subjects of network-segmentation, first at {tmp_path}/hosts.ini:3")


def test_what_holds_for_each_is_told_once_and_where_it_is_written(tmp_path: Path) -> None:
    (unknown,) = refused(tmp_path, TWO, 'host = { usr = "x" }\n')
    assert unknown.startswith("beffroi.toml:5: inventory.host.usr: is no known key")
    (nobody,) = refused(tmp_path, TWO, 'host = { beneficiaries = ["scotta"] }\n')
    assert nobody.startswith('beffroi.toml:5: host.beneficiaries: "scotta" is no beneficiary')


def test_the_digest_covers_every_file_that_was_read(tmp_path: Path) -> None:
    alone = configured(tmp_path, TWO).digest
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "web.yml").write_text("ansible_port: 2222\n")
    both = configured(tmp_path, TWO).digest
    files = {"-": "beffroi.toml", f"{tmp_path}/group_vars/web.yml": "group_vars/web.yml"}
    files[f"{tmp_path}/hosts.ini"] = "hosts.ini"
    lines = [f"{hashlib.sha256((tmp_path / file).read_bytes()).hexdigest()}  {name}\n" for name, file in files.items()]
    assert both == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert alone != both


def test_without_an_inventory_the_digest_is_the_file_s_own(tmp_path: Path) -> None:
    file = tmp_path / "beffroi.toml"
    file.write_text('[[beneficiary]]\nid = "scota"\n[[host]]\nid = "a"\n')
    assert load(file, strict=False).digest == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_file_of_variables_that_cannot_be_read_is_a_mistake_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "a.yml").write_text("ansible_port: [\n")
    (mistake,) = refused(tmp_path, TWO)
    assert mistake.startswith("host_vars/a.yml:2: file: is not YAML")


def test_what_a_vault_hides_is_secrets_and_none_is_needed(tmp_path: Path) -> None:
    (tmp_path / "group_vars" / "all").mkdir(parents=True)
    (tmp_path / "group_vars" / "all" / "vault.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6132\n")
    assert set(hosts(tmp_path, TWO)) == {"a", "b"}
