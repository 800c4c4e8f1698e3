"""Where each page is found: `/host/ID`, `/runbook/NAME`, `/target/ID`, `/target/ID/SUBJECT`, and JSON, `….json`.

A subject's slashes stay slashes (`/target/backup-offsite/files/offsite`), everything else outside RFC 3986's
unreserved characters is percent-encoded. A subject that itself ends in `.json` has its last dot encoded, so that its
page and another subject's JSON never have one address.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlencode

PREFIX = "/target/"
HOSTS = "/host/"
RUNBOOKS = "/runbook/"
JSON = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What an address asks for, as bytes: a target, maybe one of its subjects; `json` or a page."""

    target: bytes
    subject: bytes | None
    json: bool

    def is_target(self, target: str) -> bool:
        """Return whether it is this target that is asked for."""
        return self.target == _bytes(target)

    def is_subject(self, subject: str) -> bool:
        """Return whether it is this subject that is asked for."""
        return self.subject == _bytes(subject)


def asked(path: str) -> PageRequest | None:
    """Return what a request's path asks for, or None where it is no address of a target."""
    if not path.startswith(PREFIX):
        return None
    rest = path.removeprefix(PREFIX)
    json = rest.endswith(JSON)
    target, slash, subject = rest.removesuffix(JSON).partition("/")
    return PageRequest(target=unquote_to_bytes(target), subject=unquote_to_bytes(subject) if slash else None, json=json)


def asked_host(path: str) -> bytes | None:
    """Return, as bytes, the host whose page a request's path asks for, or None where it is no address of one."""
    return unquote_to_bytes(path.removeprefix(HOSTS)) if path.startswith(HOSTS) else None


def asked_runbook(path: str) -> str | None:
    """Return the runbook whose page a request's path asks for, or None where it is no address of one."""
    return path.removeprefix(RUNBOOKS) if path.startswith(RUNBOOKS) else None


def is_named(name: str, asked_for: bytes) -> bool:
    """Return whether an address's bytes name this."""
    return asked_for == _bytes(name)


def of_target(target: str) -> str:
    """Return the path of a target's page."""
    return PREFIX + _quoted(target, "")


def of_subject(target: str, subject: str) -> str:
    """Return the path of the page of one subject of a target."""
    return f"{of_target(target)}/{_quoted(subject, '/')}"


def _quoted(name: str, kept: str) -> str:
    quoted = quote(_bytes(name), safe=kept)
    return f"{quoted.removesuffix(JSON)}%2Ejson" if quoted.endswith(JSON) else quoted


def _bytes(name: str) -> bytes:
    return name.encode(errors="surrogatepass")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookLink:
    """A runbook's name, and where its page is."""

    name: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Lead from one served page to another, in the language and for the beneficiary that were asked for, if any.

    `refresh` `off`: the pages stay as they are until they are asked for anew.
    """

    language: str | None = None
    beneficiary: str | None = None
    refresh: str | None = None

    def home(self, **narrowed: str | None) -> str:
        """Return where the status page is, or a narrowed one: `show`, `host`, `target`."""
        return f"/{self._query(**narrowed)}"

    def host(self, name: str, /, **narrowed: str | None) -> str:
        """Return where a host's page is, or a narrowed one."""
        return f"{HOSTS}{quote(_bytes(name), safe='')}{self._query(**narrowed)}"

    def runbook(self, name: str, /) -> str:
        """Return where a runbook's page is."""
        return f"{RUNBOOKS}{quote(name, safe='')}{self._query()}"

    def target(self, target: str, form: str = "") -> str:
        """Return where a target's page is; `form` `.json`: where its JSON is."""
        return f"{of_target(target)}{form}{self._query()}"

    def subject(self, target: str, subject: str, form: str = "") -> str:
        """Return where the page of one subject of a target is; `form` `.json`: where its JSON is."""
        return f"{of_subject(target, subject)}{form}{self._query()}"

    def _query(self, **narrowed: str | None) -> str:
        chosen = {"language": self.language, "beneficiary": self.beneficiary, "refresh": self.refresh, **narrowed}
        text = urlencode({name: value for name, value in chosen.items() if value is not None})
        return f"?{text}" if text else ""
