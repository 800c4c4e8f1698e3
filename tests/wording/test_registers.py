"""Every register and every key of it has a French name."""

from agent.register.registers import REGISTERS
from agent.wording.registers import key_name, register_name


def test_every_register_has_a_french_name() -> None:
    same = {"incident", "exclusion", "plan", "audit"}
    assert [name for name in REGISTERS if register_name(name) == name and name not in same] == []


def test_every_key_of_a_register_has_a_french_name() -> None:
    keys = {field.key for register in REGISTERS.values() for field in register.fields} - {"author", "beneficiary"}
    same = {"action", "cause"}
    assert [key for key in sorted(keys) if key_name(key) == key and key not in same] == []
