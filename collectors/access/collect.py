"""Accounts, administrators, keys and ways in: what each account must show, from each class of addresses.

Reads:  getent passwd and group; of /etc/shadow only whether there is a password and when an account expires; sudo's
        rules as cvtsudoers reads them; the policy of each sshd by its own answer (sshd -T -C …), for each account and
        each class of addresses of its Match blocks; PAM's stack for it; the type, restrictions and fingerprint of each
        key; cron and at jobs, units, lingering users, owners of processes
Needs:  root's rights on that machine: as root, by the privileged reader, or by the line for sudo of explain ssh; sudo's
        cvtsudoers where there are rules. A part that is refused is unproven by itself, with the command that settles
        it. Hashes and keys stay where they are
Blind:  a passphrase of a key cannot be seen; keys that a command hands out (AuthorizedKeysCommand), whom certificates,
        Kerberos and other machines let in and accounts of a directory (LDAP, Active Directory) are told as not seen; a
        configuration that was changed and not reloaded counts as it stands; consoles, su and sudo are no paths; an sshd
        within a container is not asked; without root and without a bus systemd does not tell whom an instance of a unit
        runs as
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from agent.core.collecting.collector import Collector, Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, TimedOut, Unreachable, Unreadable
from agent.core.facts.access import (
    ACCOUNT,
    ADMINISTRATOR,
    KEY,
    RIGHT,
    AccessPath,
    AuthorizedKey,
    SeenAccount,
    way_fact,
)
from agent.core.inventory import DeclaredHost
from agent.core.lines import one_line
from agent.core.model import Fact, FactValue, Gap
from agent.core.reason import Reason
from collectors.access import accounts, keys, origins, pam, sshd, sudoers, traces, ways
from collectors.access.accounts import ADMINISTRATIVE, Account, People
from collectors.access.keys import Keys
from collectors.access.origins import Conditions, Origin
from collectors.access.sshd import SshdPolicy, SshServer, SshServers
from collectors.access.sudoers import Rules
from collectors.access.ways import AccountCredentials, TrustAnchors

ROOT = 0
# Prints something where sshd may have a keytab of Kerberos: the usual one, or what names another or cannot be followed.
# Its environment is that of the units that it runs in, or would: of a process sshd's own title lies over it.
KEYTABS = r"""LC_ALL=C
export LC_ALL
[ ! -e /etc/krb5.keytab ] || echo keytab
naming='^[^#;]*(default_keytab_name|KRB5_(KTNAME|CONFIG)|GSS_USE_PROXY)'
if [ -d /run/systemd/system ]; then
	IFS='
'
	units=$(grep -lx sshd /proc/[0-9]*/comm 2>/dev/null | sed 's,comm$,cgroup,' |
		xargs -r grep -ho '[^/]*[.]service' | sort -u)
	told=$(
		systemctl show -p Environment,DefaultEnvironment &&
		systemctl show -p Environment,EnvironmentFiles -- ssh.service sshd.service ssh@x.service sshd@x.service $units
	) || echo 'systemd does not tell what sshd is started with'
	printf '%s\n' "$told" | grep -E "$naming"
	for file in $(printf '%s\n' "$told" | sed -n 's/^EnvironmentFiles=\(.*\) (ignore_errors=.*/\1/p'); do
		[ "$file" = /etc/sysconfig/sshd ] || set -- "$@" "$file"
	done
fi
grep -RhE -e "$naming" \
	-e '^(include|includedir|module)[[:space:]]+[^[:space:]=]' /etc/krb5.conf /etc/krb5.conf.d \
	/var/lib/sss/pubconf/krb5.include.d /etc/default/ssh \
	"$@" 2>&1 | grep -v -E -e ': No such file' \
	-e '^includedir[[:space:]]+(/etc/krb5.conf.d|/var/lib/sss/pubconf/krb5.include.d)/?[[:space:]]*$'"""
# How many times the limit of one question the whole look may take; the daemon gives up on it soon after.
PARTS = 2


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact | Gap]:
    """Yield who may come in, how, and what else is left of whom. Raises what reaching the machine raises."""
    yield from _Visit(machine, look).facts()


class _Visit:
    """One look at one machine: each part by itself, so that one that is refused costs no other."""

    def __init__(self, machine: DeclaredHost, look: Look) -> None:
        self._machine = machine
        self._look = look
        self.host = look.host(machine.id)
        self._gaps: list[Gap] = []
        self._found: Keys | None = None
        self._deadline = Deadline(PARTS * look.timeout)

    def facts(self) -> Iterator[Fact | Gap]:
        """Yield every fact, then every gap."""
        people = self._people()
        rules = Rules()
        with self._part("sudo"):
            rules = sudoers.rules_of(self.host, self.patience())
        administrators = self._administrators(people, rules)
        yield from self._told(people, administrators)
        yield from self._doors(people)
        yield from (self._fact(RIGHT, name, "sudo") for name in sorted(rules.named(people)))
        with self._part("traces"):
            found, gaps = traces.traces_of(self.host, self.patience())
            self._gaps += gaps
            names = [(one.uid, one.name) for one in people.accounts.values()]
            for owner, what in sorted(set(traces.by_account(found, names))):
                yield self._fact(RIGHT, owner, what)
        yield from self._gaps

    def patience(self) -> timedelta:
        """Return how long the next question may take: a machine that hangs at each must not cost one limit for each."""
        left = timedelta(seconds=self._deadline.remaining())
        if not left:
            raise TimedOut(f"the look at the accounts of {self._machine.id} takes longer than it may")
        return min(left, self._look.timeout)

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        """Turn what one part raises into a gap of its own; a machine that is gone ends the whole look."""
        try:
            yield
        except Unreachable:
            raise
        except LookError as error:
            self._gap(name, error.reason, error.message)

    def _gap(self, name: str, reason: Reason, detail: str) -> None:
        self._gaps.append(Gap(subject=f"{self._machine.id}/{name}", reason=reason, detail=detail))

    def _fact(self, name: str, account: str, value: FactValue) -> Fact:
        return Fact(name=name, subject=f"{self._machine.id}/{account}", value=value, as_of=self._look.now)

    def _people(self) -> People:
        people = accounts.people_of(self.host, self.patience())
        if people.odd:
            self._gap("accounts", Reason.UNREADABLE, f"{len(people.odd)} accounts have names with spaces or signs")
        directory = None
        with self._part("accounts"):
            directory = accounts.directory_of(self.host)
            if directory is not None:
                said = f"accounts of a directory ({directory}) on {self._machine.id} are not listed by it"
                self._gap("directory", Reason.UNREADABLE, said)
        with self._part("shadow"):
            told = accounts.shadow_of(self.host, self.patience())
            beside = directory is not None and bool(told)
            every = people.accounts.items()
            known = {name: accounts.with_shadow(one, told.get(name), directory=beside) for name, one in every}
            return replace(people, accounts=known)
        return people

    def _administrators(self, people: People, rules: Rules) -> Mapping[str, frozenset[str]]:
        """Return each administrator with what makes it one: the declared ones, else those that are found."""
        found: dict[str, set[str]] = {}
        for name in rules.named(people) & people.accounts.keys():
            found.setdefault(name, set()).add("sudo")
        for name in rules.by_group(people) & people.accounts.keys():
            found.setdefault(name, set()).add("sudo")
        for one in people.accounts.values():
            if one.uid == ROOT:
                found.setdefault(one.name, set()).add("uid 0")
            for group in sorted(people.groups_of(one.name) & set(ADMINISTRATIVE)):
                if group != one.name:  # a system account such as `adm` is alone in its own group
                    found.setdefault(one.name, set()).add(f"group {group}")
        for name in self._machine.administrators or ():
            found.setdefault(name, set()).add("declared")
        if rules.others or rules.unread:
            said = ", ".join(sorted((*rules.others, *rules.unread)))[:160]
            self._gap("sudo", Reason.UNREADABLE, f"who is meant by {said} on {self._machine.id} is unknown")
        return {name: frozenset(why) for name, why in sorted(found.items())}

    def _told(self, people: People, administrators: Mapping[str, frozenset[str]]) -> Iterator[Fact]:
        # Whether an account of a directory has expired there is not seen.
        seen_here = (one for one in people.accounts.values() if one.password != accounts.ELSEWHERE)
        for one in sorted(seen_here, key=lambda account: account.name):
            expired, locked = one.expired(self._look.now), one.password == "locked"
            seen = SeenAccount(uid=one.uid, shell=one.shell, expired=expired, locked=locked)
            yield self._fact(ACCOUNT, one.name, seen)
        for name, why in administrators.items():
            yield self._fact(ADMINISTRATOR, name, why)

    def _doors(self, people: People) -> Iterator[Fact]:
        doors = sshd.NONE
        with self._part("sshd"):
            doors = sshd.doors_of(self.host, self.patience())
            declared = {door.id for door in self._machine.doors}
            for name in doors.others:
                if name not in declared:
                    said = (
                        f"{name} is served on {self._machine.id} and is not read: declare it as a [[door]] of that id"
                    )
                    self._gap("other-doors", Reason.UNREADABLE, said)
            let_in = (one for one in people.accounts.values() if one.expired(self._look.now))
            own = sorted(sshd.PASSWORD_ALONE.intersection(doors.others))
            if own and any(one.password in ("set", "empty") for one in let_in):
                said = f"{own[0]} on {self._machine.id} may let in who has expired, by a password: usermod -L ends it"
                self._gap("hidden-keys", Reason.UNREADABLE, said)
        for what in doors.unsure:
            reason = Reason.DENIED if "ermission denied" in what else Reason.UNREADABLE
            self._gap("sshd", reason, f"how sshd on {self._machine.id} grants access is unknown: {one_line(what)}")
        named: dict[str, None] = {}
        for server in doors.lines:
            with self._part("sshd"):
                door = _Door(self, self._machine, people, server=server, doors=doors)
                yield from self._by_door(door, people, named)
        patterns = tuple(named) or keys.DEFAULT_FILES
        with self._part("keys"):
            found = self._keys(people, patterns)
            self._gaps += found.gaps
            for one in sorted(found.found, key=lambda key: (key.account, key.path, key.fingerprint)):
                key = AuthorizedKey(fingerprint=one.fingerprint, kind=one.kind, path=one.path, options=one.options)
                yield self._fact(KEY, one.account, key)
            signing = sorted(one.path for one in found.found if one.authority)
            if signing:
                self._certificates(signing[0])

    def _hold_expired(self, expired: Sequence[tuple[Account, SshdPolicy]]) -> None:
        """Add a gap where those who have expired come in all the same.

        Without PAM sshd itself keeps them out, but for the day that is told as their first dead one.
        """
        for service in sorted({_service(policy) for _one, policy in expired if policy.on("usepam")}):
            if not pam.keeps_expired_out(self.host, service):
                said = f"PAM's account lines of {one_line(service)} on {self._machine.id} let in who has expired"
                self._gap("sshd", Reason.UNREADABLE, f"{said}: pam_unix is not asked")
        before = self._look.now - timedelta(days=1)
        if any(not one.expired(before) for one, policy in expired if not policy.on("usepam")):
            said = f"sshd on {self._machine.id} lets in who expires today until midnight UTC, as it does without PAM"
            self._gap("sshd", Reason.UNREADABLE, f"{said}: chage -E 0 ends it at once")

    def _certificates(self, file: str) -> None:
        said = f"whom certificates by the authorities in {one_line(file)} let in on {self._machine.id} is not seen"
        self._gap("hidden-keys", Reason.UNREADABLE, said)

    def _keys(self, people: People, patterns: Sequence[str]) -> Keys:
        files = {one.name: keys.files_of(one, patterns) for one in people.accounts.values()}
        files["root"] = (*files.get("root", ()), *keys.BOOT_FILES)
        return self._every_key().within(files, self._machine.id, patterns)

    def _every_key(self) -> Keys:
        if self._found is None:
            self._found = keys.keys_of(self.host, self.patience())
        return self._found

    def authorities_in(self, file: str) -> tuple[str, ...]:
        """Return the authorities of certificates in a file; none where one cannot be read: it may be any."""
        found = self._every_key().within({"-": (file,)}, self._machine.id, (file,))
        return () if found.gaps else tuple(one.fingerprint for one in found.found)

    def _by_door(self, door: "_Door", people: People, named: dict[str, None]) -> Iterator[Fact]:
        expired = {name for name, one in people.accounts.items() if one.expired(self._look.now)}
        policies = door.policies(list(people.accounts.values()))
        # Red Hat's sshd asks for Kerberos where there is none; without a keytab it believes no ticket.
        asks = any(policy.on("gssapiauthentication") for policy in policies.values())
        door.tickets = asks and self.may_have_keytab(door.doors)
        ended = [(people.accounts[name], policy) for (name, _origin), policy in policies.items() if name in expired]
        self._hold_expired(ended)
        policies = {asked: policy for asked, policy in policies.items() if asked[0] not in expired}
        patterns = {text: door.key_files(policy) for text, policy in _by_files(policies.values()).items()}
        for each in patterns.values():
            named.update(dict.fromkeys(each))
        in_force = self._keys(people, tuple(named) or keys.DEFAULT_FILES).by_account(self._look.now)
        trusts: dict[tuple[str, ...], TrustAnchors] = {}
        for (account, origin), policy in policies.items():
            one = people.accounts[account]
            files = frozenset(keys.files_of(one, patterns[policy.text("authorizedkeysfile")]))
            own = tuple(key for key in in_force.get(account, ()) if key.path in files)
            holder = AccountCredentials(
                account=one, keys=own, groups=people.groups_of(account), no_shell=one.shell in door.doors.shells
            )
            chosen = (policy.first("usepam"), policy.first("pamservicename"), policy.text("trustedusercakeys"))
            if chosen not in trusts:
                trusts[chosen] = door.trust(policy)
            alternatives = ways.alternatives_of(holder, policy, origin, trusts[chosen])
            if alternatives:
                way = AccessPath(account=account, path=f"{door.server.name}@{origin.words}", alternatives=alternatives)
                yield way_fact(way, self._look.now)
        hidden = {policy.first("authorizedkeyscommand") for policy in policies.values()} - {"", "none"}
        if hidden:
            said = f"keys that {sorted(hidden)[0]} hands out on {self._machine.id} are not seen"
            self._gap("hidden-keys", Reason.UNREADABLE, said)
        trusted = {policy.text("trustedusercakeys") for policy in policies.values()} - {"", "none"}
        if trusted:
            self._certificates(sorted(trusted)[0])
        if any(policy.on("hostbasedauthentication") for policy in policies.values()):
            said = f"whom other machines vouch for to sshd on {self._machine.id} (.shosts) is not seen"
            self._gap("hidden-keys", Reason.UNREADABLE, said)
        if door.tickets:
            said = f"whom Kerberos lets in on {self._machine.id} (.k5login, auth_to_local) is not seen"
            self._gap("hidden-keys", Reason.UNREADABLE, said)

    def may_have_keytab(self, doors: SshServers) -> bool:
        """Return whether sshd may find a keytab of Kerberos. Raises a LookError."""
        # Red Hat's package lets root alone read it: where root has told nothing of it, it is tried as it stands.
        more = () if "keytab" in doors.unnamed else ("/etc/sysconfig/sshd",)
        argv = ("sh", "-c", KEYTABS, "sh", *more)
        said = self.host.run(*argv, timeout=self.patience(), accept=(0, 1), shown="keytabs of Kerberos")
        return bool(said.stdout.strip())


class _Door:
    """One sshd of one machine: what it answers about each account from each class of addresses."""

    def __init__(
        self, visit: "_Visit", machine: DeclaredHost, people: People, *, server: SshServer, doors: SshServers
    ) -> None:
        self._visit = visit
        self._people = people
        self._host = visit.host
        self._machine = machine
        self.doors = doors
        self.server = server
        self.tickets = False

    def policies(self, people: Sequence[Account]) -> Mapping[tuple[str, Origin], SshdPolicy]:
        """Return the policy for each account and origin. Raises a LookError."""
        conditions = origins.conditions_in(sshd.conditions_of(self.doors, self.server, self._machine.id))
        self._hold(conditions)
        # Anyone who the same patterns name gets the same answer: one account of each class is asked about.
        kinds = {one.name: conditions.kind_of(one.name, self._people.groups_of(one.name)) for one in people}
        asked = {kind: name for name, kind in reversed(kinds.items())}
        classes = origins.origins_of(conditions, resolves=False)
        first = ("root", classes[0])
        questions = [(name, origin) for name in asked.values() for origin in classes]
        # Its lists may name hosts, and it may look names up: few do, and all is then answered at the first time.
        all_at_once = len(classes) <= origins.MOST and len(questions) < sshd.MOST_QUESTIONS
        answers = dict(self._ask([first, *questions] if all_at_once else [first]))
        resolves = answers[first].on("usedns")
        while True:
            # A Match block may have lists of its own: each answer tells those of its class.
            told = self._with_listed(conditions, answers.values())
            classes = origins.origins_of(told, resolves=resolves)
            if len(classes) > origins.MOST:
                raise Exited(f"the policy of sshd on {self._machine.id} tells more than {origins.MOST} classes apart")
            questions = [(name, origin) for name in asked.values() for origin in classes]
            left = [question for question in questions if question not in answers]
            if not left:
                break
            answers |= self._ask(left)
        return {(name, origin): answers[asked[kind], origin] for name, kind in kinds.items() for origin in classes}

    def _with_listed(self, conditions: Conditions, policies: Iterable[SshdPolicy]) -> Conditions:
        """Return conditions with the addresses of AllowUsers and DenyUsers. Raises Unreadable."""
        words = dict.fromkeys(
            word for policy in policies for word in (*policy.words("allowusers"), *policy.words("denyusers"))
        )
        hosts = [one for word in words if "@" in word for one in origins.patterns_in(word.rpartition("@")[2])]
        if not hosts:
            return conditions
        addresses = dict.fromkeys((*conditions.patterns.get("address", ()), *hosts))
        told = replace(conditions, patterns={**conditions.patterns, "address": tuple(addresses)})
        self._hold(told)
        return told

    def _hold(self, conditions: Conditions) -> None:
        """Raise Unreadable for a condition that no one here understands."""
        if conditions.unread:
            said = one_line(conditions.unread[0])
            raise Unreadable(f"the condition {said!r} of sshd's configuration on {self._machine.id} is not understood")

    def key_files(self, policy: SshdPolicy) -> tuple[str, ...]:
        """Return the patterns of files that a policy names. Raises Unreadable where they cannot be told apart."""
        patterns, parts = sshd.key_files(policy, self.doors.lines[self.server])
        if parts:
            text = one_line(policy.text("authorizedkeysfile"))
            raise Unreadable(f"AuthorizedKeysFile {text!r} on {self._machine.id}: the end of a name is unknown")
        return patterns

    def trust(self, policy: SshdPolicy) -> TrustAnchors:
        """Return what is believed beside keys. Raises a LookError."""
        asked = None
        if policy.on("usepam"):
            asked = pam.asked_by(self._host, _service(policy))
        file = policy.text("trustedusercakeys")
        signing = () if file in ("", "none") else self._visit.authorities_in(file)
        authorities = frozenset(self._machine.authorities)
        return TrustAnchors(asked=asked, authorities=authorities, signing=signing, tickets=self.tickets)

    def _ask(self, questions: Sequence[tuple[str, Origin]]) -> Mapping[tuple[str, Origin], SshdPolicy]:
        if len(questions) > sshd.MOST_QUESTIONS:
            raise Exited(f"sshd on {self._machine.id} would have to be asked {len(questions)} times")
        texts = {sshd.specification(*question): question for question in questions}
        said = sshd.policies_of(self._host, self.server, tuple(texts), self._visit.patience())
        missing = texts.keys() - said.keys()
        if missing:
            raise Exited(f"sshd on {self._machine.id} gives no answer to {sorted(missing)[0]}")
        return {texts[text]: policy for text, policy in said.items()}


def _service(policy: SshdPolicy) -> str:
    return policy.first("pamservicename") or "sshd"


def _by_files(policies: Iterable[SshdPolicy]) -> Mapping[str, SshdPolicy]:
    """Return one policy for each text of the files that policies name."""
    return {policy.text("authorizedkeysfile"): policy for policy in policies}


COLLECTOR = Collector(
    name="access",
    schedule="access",
    looks_at=DeclaredHost,
    collect=collect,
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
    collect_word="access",
)
