"""Ask for one page as someone at that machine would. Its text is sent there; it needs Python 3.7 and nothing else.

Argument: JSON with `url`, `texts` (what a refusal says), `proxy` (null: the machine's own settings), `seconds`, `most`
bytes and `hops`. Answer: one line of JSON, see `Page`. Nothing of what was read is answered but which texts it holds.
"""

import base64
import glob
import html
import http.client
import json
import os
import re
import signal
import socket
import ssl
import sys
import unicodedata
import urllib.parse
import urllib.request
import zlib
from typing import Any

REDIRECTS = (301, 302, 303, 307, 308)
HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) beffroi",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "fr,en;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
# Where a machine tells every account which proxy to use; a value that a shell would have to work out is left alone.
SETTINGS = ("/etc/environment", "/etc/profile", "/etc/profile.d/*.sh")
SETTING = re.compile(
    r"^\s*(?:export\s+)?((?:https?|no)_proxy)=([\"']?)([^\s\"'$`;]*)\2\s*$", re.IGNORECASE | re.MULTILINE
)
# Debian's copy of the authorities that browsers trust; what only the machine's own store trusts is a local authority.
PUBLIC = "/usr/share/ca-certificates/mozilla"
LONGEST_SETTINGS = 65536


class DeadlinePassed(Exception):
    """Raised where the time is up."""


class NoProxy(Exception):
    """Raised where the proxy itself could not be used."""


class FetchQuery:
    """What is asked; `texts` are what a refusal says, `most` is in bytes."""

    def __init__(self, url: str, texts: "list[str]", proxy: "str | None", seconds: float, most: int, hops: int) -> None:
        """Take the argument's keys."""
        self.url = url
        self.texts = texts
        self.proxy = proxy
        self.seconds = seconds
        self.most = most
        self.hops = hops


class Page:
    """The outcome: the last status and all of them, which texts were found, by which way."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.end = "error"
        self.said = ""
        self.statuses: list[int] = []
        self.found: set[int] = set()
        self.address = ""
        self.proxy = ""
        self.trust = ""
        self.issuer = ""
        self.read = 0


def set_proxies(proxy: str) -> None:
    """Put the proxy settings into the environment: the one given, else the account's own, else the machine's."""
    if proxy:
        os.environ.update({"http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""})
        return
    if any(name.lower() in ("http_proxy", "https_proxy") for name in os.environ):
        return
    for pattern in SETTINGS:
        for path in sorted(glob.glob(pattern)):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    text = file.read(LONGEST_SETTINGS)
            except OSError:
                continue
            for name, _quote, value in SETTING.findall(text):
                os.environ[name.lower()] = value


def port_of(parts: urllib.parse.SplitResult) -> int:
    """Return the port of an address."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def proxy_for(parts: urllib.parse.SplitResult) -> str:
    """Return the proxy that is used for an address, or nothing."""
    proxies = urllib.request.getproxies_environment()
    host = f"{parts.hostname}:{port_of(parts)}"
    if urllib.request.proxy_bypass_environment(host, proxies):  # type: ignore[attr-defined]
        return ""
    return proxies.get(parts.scheme, "")


def connected(parts: urllib.parse.SplitResult, page: Page) -> socket.socket:
    """Return a connection to the server of an address, or to the proxy that is used for it."""
    proxy = proxy_for(parts)
    if not proxy:
        return socket.create_connection((parts.hostname or "", port_of(parts)))
    through = urllib.parse.urlsplit(proxy if "://" in proxy else "http://" + proxy)
    page.proxy = f"{through.hostname}:{through.port or 80}"
    if through.scheme != "http":
        raise NoProxy(f"a proxy of the kind {through.scheme} is not understood")
    try:
        return socket.create_connection((through.hostname or "", through.port or 80))
    except OSError as error:
        raise NoProxy(str(error.strerror or error)) from error


def credentials(parts: urllib.parse.SplitResult) -> "dict[str, str]":
    """Return the header by which a proxy's own settings say who one is, where they do."""
    proxy = proxy_for(parts)
    through = urllib.parse.urlsplit(proxy if "://" in proxy else "http://" + proxy)
    if through.username is None:
        return {}
    pair = urllib.parse.unquote(through.username) + ":" + urllib.parse.unquote(through.password or "")
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def asked(door: socket.socket, method: str, target: str, headers: "dict[str, str]") -> http.client.HTTPResponse:
    """Send a request and return the answer's head."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    door.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
    answer = http.client.HTTPResponse(door, method=method)
    answer.begin()
    return answer


def contexts() -> "list[tuple[str, ssl.SSLContext]]":
    """Return what a certificate is held to, the strictest first, each with the word for passing it."""
    found = []
    if glob.glob(PUBLIC + "/*.crt"):
        public = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for path in glob.glob(PUBLIC + "/*.crt"):
            public.load_verify_locations(cafile=path)
        found.append(("public", public))
    found.append(("local" if found else "trusted", ssl.create_default_context()))
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    return [*found, ("untrusted", anyone)]


def secured(parts: urllib.parse.SplitResult, page: Page) -> "tuple[socket.socket, http.client.HTTPResponse | None]":
    """Return a connection under TLS and None, or one to a proxy and its answer where it makes none."""
    host = f"{parts.hostname}:{port_of(parts)}"
    for word, context in contexts():
        door = connected(parts, page)
        if page.proxy:
            headers = dict(credentials(parts), Host=host)
            headers["User-Agent"] = HEADERS["User-Agent"]
            answer = asked(door, "CONNECT", host, headers)
            if answer.status != 200:
                return door, answer
        try:
            wrapped = context.wrap_socket(door, server_hostname=parts.hostname)
        except ssl.SSLCertVerificationError as error:
            page.said = error.verify_message
            door.close()
            continue
        page.trust = max(page.trust, word, key=("", "public", "trusted", "local", "untrusted").index)
        issuer: Any = (wrapped.getpeercert() or {}).get("issuer", ())
        names = {key: value for part in issuer for key, value in part}
        page.issuer = names.get("organizationName") or names.get("commonName") or ""
        return wrapped, None
    raise ssl.SSLError("no certificate is accepted")


def step(url: str, page: Page, wanted: FetchQuery) -> str:
    """Ask for one address and return where it redirects, or nothing."""
    parts = urllib.parse.urlsplit(url)
    path = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = "?" + urllib.parse.quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii")
    host = name if parts.port is None else f"{name}:{parts.port}"
    page.address = f"{parts.scheme}://{host}{path}{query}"
    refusal = None
    if parts.scheme == "https":
        door, refusal = secured(parts, page)
    else:
        door = connected(parts, page)
    try:
        if refusal is None:
            through = parts.scheme == "http" and bool(proxy_for(parts))
            headers = dict(HEADERS, Host=host)
            if through:
                headers.update(credentials(parts))
            answer = asked(door, "GET", page.address if through else path + query, headers)
        else:
            answer = refusal
        page.statuses.append(answer.status)
        body = unpacked(read(answer, page, wanted), answer.headers.get("Content-Encoding", ""), wanted.most)
        look_for(body, answer.headers.get_content_charset(), page, wanted)
        return answer.headers.get("Location", "") if answer.status in REDIRECTS else ""
    finally:
        door.close()


def read(answer: http.client.HTTPResponse, page: Page, wanted: FetchQuery) -> bytes:
    """Return what is read of a body, however long it is; all bodies together stay within `most`."""
    body = b""
    while page.read < wanted.most:
        piece = answer.read(min(65536, wanted.most - page.read))
        if not piece:
            break
        body += piece
        page.read += len(piece)
    return body


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """Return a body that was packed although no one asked for that, as far as it can be unpacked."""
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(window).decompress(body, most)
        except zlib.error:
            continue
    return body


def plain(text: str) -> str:
    """Return a text as it is compared: one kind of spaces, of letters and of accents."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(text)).split()).casefold()


def look_for(body: bytes, charset: "str | None", page: Page, wanted: FetchQuery) -> None:
    """Note which texts a body holds, read as it says, as UTF-8 and as Latin-1, with its tags and without."""
    shown = set()
    for encoding in {charset or "utf-8", "utf-8", "cp1252"}:
        try:
            text = body.decode(encoding, "replace")
        except LookupError:
            continue
        shown |= {plain(text), plain(re.sub(r"<[^<>]*>", "", text)), plain(re.sub(r"<[^<>]*>", " ", text))}
    page.found |= {number for number, text in enumerate(wanted.texts) if any(plain(text) in one for one in shown)}


def follow(wanted: FetchQuery, page: Page) -> None:
    """Ask for an address and whatever it redirects to, and note how that ends."""
    url = wanted.url
    for _hop in range(wanted.hops + 1):
        onward = step(url, page, wanted)
        if not onward:
            page.end = "answered"
            return
        url = urllib.parse.urljoin(url, onward)
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            break
    page.end = "redirects"


# http.client's own words for a connection that ends before an answer, or within one.
CUT = (
    ConnectionResetError,
    BrokenPipeError,
    http.client.RemoteDisconnected,
    http.client.IncompleteRead,
    ssl.SSLEOFError,
)


def attempted(wanted: FetchQuery) -> Page:
    """Return what came of asking for an address."""
    page = Page()
    try:
        follow(wanted, page)
    except DeadlinePassed:
        page.end = "timed-out"
    except NoProxy as error:
        page.end, page.said = "proxy", str(error)
    except CUT as error:
        page.end, page.said = "reset", str(error)
    except socket.gaierror as error:
        page.end, page.said = "unresolved", str(error.strerror)
    except ConnectionRefusedError as error:
        page.end, page.said = "refused", str(error.strerror)
    except ssl.SSLError as error:
        page.end, page.said = ("reset" if "EOF" in str(error) else "tls"), str(error)
    except (OSError, ValueError, http.client.HTTPException) as error:
        page.end, page.said = ("unreachable" if isinstance(error, OSError) else "error"), str(error)
    return page


def ring(_number: int, _frame: object) -> None:
    """End whatever goes on."""
    raise DeadlinePassed


def main(argument: str) -> None:
    """Write the outcome; the alarm bounds all of it, whichever side is slow."""
    wanted = FetchQuery(**json.loads(argument))
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, wanted.seconds)
    set_proxies(wanted.proxy or "")
    page = attempted(wanted)
    signal.setitimer(signal.ITIMER_REAL, 0)
    told = dict(vars(page), found=sorted(page.found), said=page.said[:300], address=page.address[:2000])
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
