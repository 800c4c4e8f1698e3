"""Make the faults with mutmut, in the copy of the tree that is the working directory, and list them.

    python -m tests.mutation.planting

The copy of `mutants/` then holds every fault, of which the one that set_mutant_under_test names is awake. `faults.json`
names the faults and which of them mypy refuses.
"""

import contextlib
import io
import json
import os
from pathlib import Path

from mutmut.__main__ import create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.file_mutation import filter_mutants_with_type_checker
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, walk_mutatable_files

FAULTS = Path("faults.json")


def main() -> None:
    """Make the faults of the modules that the settings of mutmut name."""
    Path("mutants").mkdir(exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(os.cpu_count() or 1)
    names: dict[str, list[str]] = {}
    for path in walk_mutatable_files():
        kept = SourceFileMutationData(path=path)
        kept.load()
        names[str(path)] = list(kept.exit_code_by_key)
    FAULTS.write_text(json.dumps({"faults": names, "types": sorted(filter_mutants_with_type_checker())}))


if __name__ == "__main__":
    main()
