"""Machines to attack: those on which accounts and programs are looked at in other tests."""

from tests.collectors.access.conftest import cell, look
from tests.collectors.access.conftest import template as template

__all__ = ["cell", "look", "template"]
