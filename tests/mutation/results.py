"""What may come of a planted fault, as the file of results says it: each line the fault's name and one of these."""

KILLED = "killed"
TIMEOUT = "timeout"  # it used far more time than the tests need without it
SURVIVED = "survived"
UNREACHED = "unreached"  # no test runs the function
TYPES = "types"  # mypy refuses it
