"""Files in a folder as a backup program: it is looked at, and nothing restores from it."""

from agent.core.collecting.backup_program import BackupProgram
from collectors.files import LOOKS

PROGRAM = BackupProgram(looks=LOOKS)
