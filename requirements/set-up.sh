# What the first start of ./beffroi and of tests/run share; read by both with `.`, never run by itself.
# The caller has set `said`, a file for what the tools say: it is shown where one of them failed, and only then.
# Python is always given -I: else it would import what lies in the folder that it is started from, which may be anyone's.
# shellcheck shell=sh disable=SC2154

say() {
    printf '%s\n' "$*" >&2
}

refuse() { # MESSAGE HINT
    say "$1"
    say "hint: $2"
    exit 2
}

refuse_with_words() { # MESSAGE HINT: the last words of the tool come first
    tail -n 20 -- "$said" >&2
    refuse "$@"
}

# The system's own Python comes first: it is the one that apt-get can complete.
find_python() {
    for python in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    refuse "no python3 of version 3.11 or newer was found" "install python3; Debian 12 and 13 have one"
}

has_venv() { # PYTHON
    "$1" -I -c 'import ensurepip, venv' 2>/dev/null
}

venv_package() { # PYTHON
    if [ "$1" = /usr/bin/python3 ]; then
        echo python3-venv
    else
        "$1" -I -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

apt() { # ARGUMENT...: quiet, asking nothing, and without the lock of our own that its services would inherit
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -qq -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confold "$@" </dev/null >"$said" 2>&1 9<&- ||
        refuse_with_words "apt-get $* failed" "see above; then start again"
}

install_packages() { # PACKAGE...
    [ "$(id -u)" -eq 0 ] ||
        refuse "these Debian packages are missing: $*" "as root: apt-get update && apt-get install $*"
    command -v apt-get >/dev/null ||
        refuse "these packages are missing, and this system has no apt-get: $*" "install what they bring, then start again"
    say "first start: installing the Debian packages $*"
    apt update
    apt install --yes --no-install-recommends "$@"
}

make_environment() { # PYTHON FOLDER LOCK
    has_venv "$1" ||
        refuse "$1 cannot make a virtual environment" "as root: apt-get update && apt-get install $(venv_package "$1")"
    [ ! -L "$2" ] || # `--clear` would empty what it leads to
        refuse "$2 is a link, and no environment where it leads" "remove it, then start again"
    say "making $2 with the versions that $3 locks"
    "$1" -I -m venv --clear -- "$2" </dev/null >"$said" 2>&1 ||
        refuse_with_words "cannot make the virtual environment $2" "see above; then start again"
    "$2/bin/python" -I -m pip install --quiet --no-input --disable-pip-version-check --no-deps \
        --require-hashes --only-binary :all: ${BEFFROI_WHEELS:+--no-index --find-links "$BEFFROI_WHEELS"} \
        --requirement "$3" </dev/null >"$said" 2>&1 ||
        refuse_with_words "cannot install what $3 locks" "see above; then start again"
}

# Whoever may not write here, or is told to keep no bytecode, would compile all of the program at each start (0.5 s).
keep_compiled() { # PYTHON FOLDER
    (cd -- "$2" && "$1" -I -m compileall -q agent collectors checks) </dev/null >"$said" 2>&1 || :
}
