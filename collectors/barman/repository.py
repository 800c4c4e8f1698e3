"""Barman as a backup program: its copies are listed and verified here."""

from agent.core.collecting.backup_program import BackupProgram
from collectors.barman import LOOKS

PROGRAM = BackupProgram(looks=LOOKS)
