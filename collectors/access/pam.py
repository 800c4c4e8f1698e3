"""What the authentication stack of a PAM service really asks: every combination of factors that lets someone in.

The stack is walked once for each set of factors that someone may hold. A module that asks for a factor succeeds for
those who hold it; one that no one here knows is a factor of its own, `unknown:` and its name. So is the answer of one
that depends on something else (an address, a group, a file), where it leads past other lines: whether an account is
spared its second factor in that way cannot be determined. Reference: pam.conf(5).
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.errors import Missing, Unreadable
from agent.core.facts.access import KEY_FACTOR, OTP, PASSWORD, UNKNOWN, VERIFIED_KEY
from agent.core.host import Host

# So long after a code pam_google_authenticator asks the same address for none.
_GRACE = re.compile("grace_period=0*[^0].*")
# In this order; a service of neither, or one that has no line of a kind, gets that of all others.
FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")
OTHERS = "other"
EXPIRED = "acct_expired"
# With it, modules of security keys let in whom they would refuse.
ALWAYS = "alwaysok"
# Anyone who has no secret yet is not asked for it.
NO_SECRET = frozenset({"nullok", "nouserok"})
# pam_u2f from 1.4 on takes such words from a file, too: this one, or that of `conf=`.
U2F, U2F_FILE = "pam_u2f", "/etc/security/pam_u2f.conf"
LIMIT = 256 * 1024
DEEPEST = 8
MOST_LINES = 200
MOST_FILES = 50

# A touch proves the object alone; with a PIN or a fingerprint asked for, it is two factors.
TOUCH = KEY_FACTOR
FACTORS = {
    "pam_unix": PASSWORD, "pam_sss": PASSWORD, "pam_ldap": PASSWORD, "pam_krb5": PASSWORD, "pam_winbind": PASSWORD,
    "pam_pwdfile": PASSWORD, "pam_userdb": PASSWORD, "pam_systemd_home": PASSWORD,
    "pam_google_authenticator": OTP, "pam_oath": OTP, "pam_yubico": OTP, "pam_otpw": OTP,
    U2F: TOUCH,
}  # fmt: skip
# pam_duo is none of them: it lets past whom its own file spares, and everyone while Duo does not answer.
# They set things up and neither let anyone in nor keep anyone out: their success must not count as one.
PREPARING = frozenset({
    "pam_env", "pam_group", "pam_cap", "pam_faildelay", "pam_keyinit", "pam_selinux", "pam_motd", "pam_mail",
    "pam_limits", "pam_loginuid", "pam_systemd", "pam_umask", "pam_echo", "pam_warn", "pam_debug",
    "pam_gnome_keyring", "pam_kwallet5", "pam_ecryptfs", "pam_mount", "pam_tally2", "pam_issue", "pam_lastlog",
})  # fmt: skip
# They keep some out for a reason that is no factor.
DEPENDING = frozenset({
    "pam_nologin", "pam_succeed_if", "pam_access", "pam_time", "pam_listfile", "pam_securetty", "pam_shells",
    "pam_wheel", "pam_faillock", "pam_rootok", "pam_localuser", "pam_usertype", "pam_rhosts", "pam_sepermit",
})  # fmt: skip
# These two say yes or no by being there.
FIXED = {"pam_permit": "success", "pam_deny": "auth_err"}

_PAIR = re.compile(r"([a-z_]+)[ \t]*=[ \t]*([0-9]+|ignore|bad|die|ok|done|reset)")
# pam.conf(5): what the four words stand for.
CONTROLS: Mapping[str, Mapping[str, str]] = {
    "required": {"success": "ok", "new_authtok_reqd": "ok", "ignore": "ignore", "default": "bad"},
    "requisite": {"success": "ok", "new_authtok_reqd": "ok", "ignore": "ignore", "default": "die"},
    "sufficient": {"success": "done", "new_authtok_reqd": "done", "default": "ignore"},
    "optional": {"success": "ok", "new_authtok_reqd": "ok", "default": "ignore"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PamStep:
    """One line of a stack: a module, its arguments, and what each of its answers leads to."""

    module: str
    arguments: tuple[str, ...]
    actions: Mapping[str, str]
    may_be_missing: bool = False


Stack = Sequence["PamStep | Substack"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Substack:
    """A stack within a stack, whose `done` and `die` end it alone."""

    steps: tuple["PamStep | Substack", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequirement:
    """What a service asks for: any of the sets lets in. `local`: its passwords are those of the shadow file."""

    alternatives: frozenset[frozenset[str]]
    local: bool


def asked_by(host: Host, service: str) -> ServiceRequirement:
    """Return the smallest sets of factors that a service's stack lets in. Raises a LookError."""
    stack = _with_files(host, _in_force(host, service, "auth"))
    passwords = {step.module for step in steps_in(stack) if FACTORS.get(step.module) == PASSWORD}
    return ServiceRequirement(alternatives=minimal(stack), local=passwords <= {"pam_unix"})


def keeps_expired_out(host: Host, service: str) -> bool:
    """Return whether a service's `account` stack refuses an account that has expired, which pam_unix tells it.

    A service without PAM files of any kind has none to go by: it is believed. Raises a LookError.
    """
    try:
        stack = _in_force(host, service, "account")
    except Missing:
        return True
    # An account that is there has expired, to pam_unix, and is not unknown to it.
    steps = (step for step in steps_in(stack) if step.module != "pam_unix" or EXPIRED in _sparing(step))
    return not _lets_in(stack, frozenset(factor for step in steps for factor in _factors(step)) - {PASSWORD})


def _with_files(host: Host, stack: Stack) -> tuple[PamStep | Substack, ...]:
    """Return a stack with what spares someone in a module's own file among its arguments. Raises a LookError."""
    return tuple(
        Substack(steps=_with_files(host, step.steps))
        if isinstance(step, Substack)
        else replace(step, arguments=(*step.arguments, *_sparing_words(host, step)))
        for step in stack
    )


def _sparing_words(host: Host, step: PamStep) -> tuple[str, ...]:
    file = next((one[5:] for one in reversed(step.arguments) if one.startswith("conf=")), U2F_FILE)
    if step.module != U2F or not file.startswith("/"):
        return ()
    try:
        text = host.read(file, limit=LIMIT).decode("utf-8", "replace")
    except Missing:
        return ()
    words = (line.partition("#")[0].strip() for line in text.split("\n"))
    return tuple(word for word in words if word == ALWAYS or word in NO_SECRET)


def _in_force(host: Host, service: str, kind: str) -> tuple[PamStep | Substack, ...]:
    """Return the stack of a kind that a service gets. Raises a LookError."""

    def read(name: str) -> str:
        try:
            said = host.read(f"{FOLDERS[0]}/{name}", limit=LIMIT)
        except Missing:
            said = host.read(f"{FOLDERS[1]}/{name}", limit=LIMIT)
        return said.decode("utf-8", "replace")

    try:
        read(service)
    except Missing:
        own: tuple[PamStep | Substack, ...] = ()
    else:
        own = stack_of(service, read, kind)  # one whose include is missing is another matter
    return own or stack_of(OTHERS, read, kind)


def stack_of(service: str, read: Callable[[str], str], kind: str = "auth") -> tuple[PamStep | Substack, ...]:
    """Return the steps of a service's stack, included ones in place. Raises Unreadable, and what `read` does."""
    files = itertools.count(1)

    def counted(name: str) -> str:
        if next(files) > MOST_FILES:
            raise Unreadable(f"the PAM service {service} includes too many files")
        return read(name)

    stack = _stack_of(service, counted, 0, kind)
    if sum(1 for _step in steps_in(stack)) > MOST_LINES:
        raise Unreadable(f"the PAM service {service} has too many lines")
    return stack


def _stack_of(service: str, read: Callable[[str], str], depth: int, kind: str) -> tuple[PamStep | Substack, ...]:
    if depth > DEEPEST:
        raise Unreadable(f"the PAM service {service} includes itself")
    if "/" in service:
        raise Unreadable(f"the PAM service {service!r} is no file name")
    steps: list[PamStep | Substack] = []
    for words in _lines(read(service)):
        if words[0].lower() == "@include" and len(words) > 1:
            steps += _stack_of(words[1], read, depth + 1, kind)
            continue
        if words[0].removeprefix("-").lower() != kind or len(words) < 3:
            continue
        if words[1].lower() == "include":
            steps += _stack_of(words[2], read, depth + 1, kind)
        elif words[1].lower() == "substack":
            steps.append(Substack(steps=_stack_of(words[2], read, depth + 1, kind)))
        else:
            steps.append(
                PamStep(
                    module=_module(_bare(words[2])),
                    arguments=tuple(map(_bare, words[3:])),
                    actions=_actions(words[1]),
                    may_be_missing=words[0].startswith("-"),
                )
            )
        if len(steps) > MOST_LINES:
            raise Unreadable(f"the PAM service {service} has too many lines")
    return tuple(steps)


# auth	[success=1 default=ignore]	pam_unix.so nullok
# auth    required    pam_google_authenticator.so
def _lines(text: str) -> Iterator[list[str]]:
    begun = ""
    for line in text.split("\n"):
        bare, comment, _ = line.partition("#")
        bare = bare.strip(" \t")
        if begun and not bare:
            raise Unreadable("a PAM line goes on in a line that is empty or a comment")
        if not comment and bare.endswith("\\"):
            begun += bare[:-1] + " "
            continue
        # A control in brackets is one word.
        words = re.findall(r"\[[^][]*\]|\S+", begun + bare)
        begun = ""
        if words:
            yield words


def _bare(word: str) -> str:
    """Return a word without the brackets around it, which make one of several."""
    return word[1:-1] if word.startswith("[") and word.endswith("]") else word


def _module(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".so")


def _actions(control: str) -> Mapping[str, str]:
    if control.lower() in CONTROLS:
        return CONTROLS[control.lower()]
    if not control.startswith("["):
        raise Unreadable(f"a PAM line has the control {control[:40]!r}")
    return dict(_PAIR.findall(control.lower()))


def minimal(stack: Stack) -> frozenset[frozenset[str]]:
    """Return the smallest sets of factors with which a stack can end in success; none where it never does."""
    factors = sorted({factor for step in steps_in(stack) for factor in _factors(step)})
    if len(factors) > 8:
        raise Unreadable("a PAM stack asks for too many different things")
    found: list[frozenset[str]] = []
    for size in range(len(factors) + 1):
        for held in map(frozenset, itertools.combinations(factors, size)):
            if not any(smaller <= held for smaller in found) and _lets_in(stack, held):
                found.append(held)
    return frozenset(found)


def steps_in(stack: Stack) -> Iterator[PamStep]:
    """Yield the steps of a stack and of those within it."""
    for step in stack:
        if isinstance(step, Substack):
            yield from steps_in(step.steps)
        else:
            yield step


def _factors(step: PamStep) -> frozenset[str]:
    """Return what a step may ask for."""
    if step.module in PREPARING or step.module in FIXED:
        return frozenset()
    if step.module in DEPENDING:
        leads = any(_jumps(action) or action == "done" for action in step.actions.values())
        return frozenset({_unknown(step)}) if leads else frozenset()
    return frozenset({_factor(step), *([_unknown(step)] if _sparing(step) or step.may_be_missing else ())})


def _factor(step: PamStep) -> str:
    if any(_GRACE.fullmatch(one) for one in step.arguments):
        return _unknown(step)
    factor = FACTORS.get(step.module)
    if factor == TOUCH and {"pinverification=1", "userverification=1"} & set(step.arguments):
        return VERIFIED_KEY
    return factor or _unknown(step)


def _sparing(step: PamStep) -> tuple[str, ...]:
    """Return the refusals that are passed over by name, as `user_unknown=ignore` passes over who has no second factor.

    To whom a module gives one of them cannot be determined.
    """
    return tuple(
        answer
        for answer, action in step.actions.items()
        if answer not in _USUAL and (_jumps(action) or action in ("ignore", "reset"))
    )


def _counts_failures(step: PamStep) -> bool:
    """Return whether a step succeeds for every account that has not failed too often of late (pam_faillock(8))."""
    return step.module == "pam_faillock" and "authfail" not in step.arguments


def _jumps(action: str) -> bool:
    """Return whether an action passes over so many lines."""
    return action.isascii() and action.isdigit() and len(action) < 4


def _unknown(step: PamStep) -> str:
    return f"{UNKNOWN}{step.module[:40]}"


# What the four words name, and what is left over: no refusal of its own.
_USUAL = frozenset({"success", "new_authtok_reqd", "ignore", "default"})
# The result of a stack so far: nothing yet, success, or failure.
_NONE, _GOOD, _BAD = "none", "good", "bad"


def _lets_in(stack: Stack, held: frozenset[str]) -> bool:
    return _GOOD in {state for state, _end in _walk(stack, 0, _NONE, _NONE, held, {})}


_Ends = frozenset[tuple[str, bool]]
_Known = dict[tuple[int, int, str, str], _Ends]


def _walk(stack: Stack, at: int, state: str, begun: str, held: frozenset[str], known: _Known) -> _Ends:
    """Return every way in which the rest of a stack may end: its state, and whether it was cut short.

    `begun` is the state in which the stack began.
    """
    if at >= len(stack):
        # A jump beyond the last line is an error, which keeps everyone out.
        return frozenset({(state if at == len(stack) else _BAD, False)})
    key = (id(stack), at, state, begun)
    if key not in known:
        known[key] = frozenset(
            end
            for after, jump, ended in _outcomes(stack[at], state, begun, held, known)
            for end in ([(after, True)] if ended else _walk(stack, at + 1 + jump, after, begun, held, known))
        )
    return known[key]


def _outcomes(
    step: PamStep | Substack, state: str, begun: str, held: frozenset[str], known: _Known
) -> Iterator[tuple[str, int, bool]]:
    """Yield each possible result of a step: the state after it, how many lines it jumps, whether the stack ends."""
    if isinstance(step, Substack):
        yield from ((after, 0, False) for after, _cut in _walk(step.steps, 0, state, state, held, known))
        return
    for answer in _answers(step, held):
        action = step.actions.get(answer, step.actions.get("default", "bad"))
        if _jumps(action):
            # A jump leaves the result of the stack as it is (pam.conf(5)).
            yield state, int(action), False
        elif action == "ignore":
            yield state, 0, False
        elif action in ("ok", "done"):
            good = answer in ("success", "new_authtok_reqd")
            after = _BAD if state == _BAD or not good else _GOOD
            # A failure that came before is not undone, and the stack goes on.
            yield after, 0, action == "done" and after != _BAD
        elif action == "reset":
            yield begun, 0, False
        else:
            yield _BAD, 0, action == "die"


def _answers(step: PamStep, held: frozenset[str]) -> Iterator[str]:
    """Yield what a module may answer to someone who holds some factors."""
    if step.module in FIXED:
        yield FIXED[step.module]
    elif step.module in PREPARING:
        yield from ("ignore", "success")
    elif step.module in DEPENDING:
        for answer in ("success", "auth_err", "ignore", *_sparing(step)):
            action = step.actions.get(answer, step.actions.get("default", "bad"))
            leads = _jumps(action) or action == "done"
            if not leads or _unknown(step) in held or (answer == "success" and _counts_failures(step)):
                yield answer
    else:
        if _factor(step) in held or ALWAYS in step.arguments:
            yield "success"
        else:
            yield "auth_err"
            if step.module != "pam_unix" and NO_SECRET & set(step.arguments):
                yield "ignore"
        if _unknown(step) in held:
            yield from _sparing(step)
            if step.may_be_missing:  # whether the module is there is not looked at
                yield "ignore"
