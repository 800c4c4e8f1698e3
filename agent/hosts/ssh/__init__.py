"""Machines behind SSH."""

import sys
from types import ModuleType
from typing import cast

# paramiko loads `invoke` for `Match exec` in its own reader of ssh_config, which is not used here; without it, it goes
# on. That is 78 modules and 3.5 MB of a process that asks hosts.
sys.modules.setdefault("invoke", cast(ModuleType, None))
