"""Barman as a backup program: its copies are listed and verified here, and an exercise starts what they hold."""

from agent.core.collecting.backup_program import BackupProgram
from collectors.barman import LOOKS
from collectors.barman.restores import opens

PROGRAM = BackupProgram(looks=LOOKS, clusters=opens)
