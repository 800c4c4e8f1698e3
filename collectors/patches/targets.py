"""The lists that apt is configured to fetch, and the signed index over each (apt-get(8), indextargets)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.errors import Unreadable
from agent.core.lines import one_line

_FORMAT = "$(CREATED_BY)\t$(METAKEY)\t$(FILENAME)\t$(RELEASE)"
# Without these, apt as root writes its caches anew, and even a simulation its planner's log (seen with apt 3.0).
UNWRITTEN = ("-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "Dir::Log::Planner=")
ARGV = ("apt-get", *UNWRITTEN, "indextargets", "--format", _FORMAT)
# indextargets leaves out suites of which nothing was ever fetched: apt's own files name them.
CONFIGURED = (
    'eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d lists Dir::State::lists/d)"; '
    'for file in "$list" "$parts"*.list "$parts"*.sources; do [ -f "$file" ] && cat -- "$file" && echo && echo; done; '
    'for file in "$lists"*Release; do [ -f "$file" ] && echo "# fetched ${file##*/}"; done; exit 0'
)
_SECURITY = re.compile(r"(?<![\w/:.-])[a-z]+(?:-security|/updates)(?![\w/-])")
# A stanza that apt passes over, or of which it fetches nothing but sources (sources.list(5)).
_UNUSED = re.compile(r"^(?:Enabled:[ \t]*(?:no|false|without|off|disable|0)|Types:[ \t]*deb-src)[ \t]*$", re.I | re.M)
_COMPRESSED = re.compile(r"\.(?:gz|bz2|xz|lzma|lz4|zst)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTarget:
    """One list of packages: its name in the archive, its file here, and the suite as the sources name it."""

    key: str
    file: str
    suite: str

    @property
    def over(self) -> str:
        """Return what the suite's own files here begin with; `InRelease` after it names the signed index."""
        plain = _COMPRESSED.sub("", self.file)
        return plain.removesuffix(self.key.replace("_", "%5f").replace("/", "_"))


# Packages	main/binary-amd64/Packages	/var/lib/apt/lists/deb…_dists_trixie_main_binary-amd64_Packages.lz4	trixie
def parse(said: bytes, where: str) -> Iterator[IndexTarget]:
    """Yield the lists of packages, leaving out translations, sources and the rest. Raises Unreadable."""
    for line in said.decode(errors="surrogateescape").split("\n"):
        if not line:
            continue
        fields = line.split("\t")
        if len(fields) != 4:
            raise Unreadable(f"apt-get on {where} gives no list: {one_line(line)}")
        kind, key, file, suite = fields
        if kind != "Packages":
            continue
        target = IndexTarget(key=key, file=file, suite=suite)
        if not file.startswith("/") or target.over == _COMPRESSED.sub("", file):
            raise Unreadable(f"apt-get on {where} names a list that is none: {one_line(line)}")
        yield target


# deb http://deb.example/debian-security trixie-security main
# # fetched deb.example_debian-security_dists_trixie-security_InRelease
def never_fetched(said: bytes) -> tuple[str, ...]:
    """Return the suites of security updates that apt's files name and of which no signed index was fetched."""
    text = said.decode("utf-8", "replace")
    fetched = [line.split()[-1] for line in text.splitlines() if line.startswith("# fetched ")]
    used = "\n".join(stanza for stanza in re.split(r"\n[ \t]*\n", text) if not _UNUSED.search(stanza)).splitlines()
    lines = (line for line in used if not line.lstrip().startswith(("#", "deb-src")))
    named = {suite for line in lines for suite in _SECURITY.findall(line)}
    indexes = {suite: f"_dists_{suite.replace('/', '_')}_" for suite in named}
    return tuple(sorted(suite for suite, index in indexes.items() if not any(index in file for file in fetched)))
