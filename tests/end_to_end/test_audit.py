"""Audits by draws of a real restic repository: sound, damaged, or not shown, and always on record."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.evaluation.session import open_session
from tests.parts.cheap_keys import Derived
from tests.parts.checkout import HOME
from tests.parts.program import Said, beffroi, environment
from tests.parts.repositories import Repository, as_nobody, cut_short, fake_restic, flip_byte
from tests.parts.sshd import running_sshd
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

SEED = "5eed" * 8
ASKED = ("--seed", SEED, "--by", "Mme X, SCOTA")


@pytest.fixture(scope="module")
def made() -> Iterator[Watched]:
    """Return a site with one backup that no one breaks."""
    with open_folder() as folder:
        site = Watched(folder)
        for number in range(6):
            (site.source("files") / f"{number}.txt").write_text(f"{number}\n" * 3000)
        site.make("files")
        site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(site.source("files")))
        yield site


@pytest.fixture
def site(made: Watched) -> Iterator[Watched]:
    """Return a site of this test's own, with a repository to break."""
    with open_folder() as folder:
        own = Watched(folder)
        shutil.copytree(made.repository("files"), own.repository("files"))
        own.password_file  # noqa: B018  # made when first asked for
        own.declare("files", source=made.source("files"))
        yield own


def audit(site: Watched, *more: str, copy: str = "files/offsite", **options: Any) -> Said:
    """Run an audit, in JSON."""
    return beffroi("audit", copy, *ASKED, "--json", *more, "--config", site.configuration, **options)


def registered(site: Watched) -> list[dict[str, str]]:
    """Return the audits on record."""
    said = beffroi("register", "list", "audit-draw", "--json", "--config", site.configuration)
    return list(json.loads(said.out)["entries"])


def blobs(site: Watched) -> dict[str, tuple[str, int, int]]:
    """Return the pack, offset and length of each blob."""
    repository = str(site.repository("files"))
    found = {}
    for index in site.restic(repository, "list", "index").split():
        for pack in json.loads(site.restic(repository, "cat", "index", index))["packs"]:
            for blob in pack["blobs"]:
                found[f"{blob['type']} {blob['id']}"] = (pack["id"], blob["offset"], blob["length"])
    return found


def pack_of(site: Watched, id: str) -> Path:
    """Return the file of a pack."""
    return site.repository("files") / "data" / id[:2] / id


def test_a_sound_copy_is_read_back_and_the_register_says_so(site: Watched) -> None:
    said = audit(site)
    told = json.loads(said.out)
    assert (said.code, told["schema"], told["outcome"], told["missed"]) == (0, "beffroi.audit/1", "sound", [])
    assert (told["backup"], told["copy"], told["seed"], told["draws"]) == ("files", "offsite", SEED, 460)
    assert told["bound"] == {"lost": 0.01, "confidence": 0.99}
    known = blobs(site)
    assert len(told["drawn"]) == 460
    assert told["bytes_read"] == sum(known[name][2] for name in set(told["drawn"]))
    assert (told["listed"], told["bytes_listed"]) == (len(known), sum(length for _, _, length in known.values()))
    (entry,) = registered(site)
    assert (entry["seed"], entry["draws"], entry["outcome"]) == (SEED, "460", "sound")
    assert (entry["author"], entry["backup"], entry["copy"]) == ("Mme X, SCOTA", "files", "offsite")
    assert entry["evidence"] == f"sha256:{hashlib.sha256(said.out.encode()).hexdigest()}"
    (text,) = (site.folder / "state" / "audits").glob("*.txt")
    assert text.stat().st_mode & 0o077 == 0
    assert "99 % de probabilité" in text.read_text()
    assert not list((site.folder / "state" / "cache").glob("audit-*"))


def test_audit_draws_prints_what_the_record_has_and_reads_nothing(site: Watched) -> None:
    told = json.loads(audit(site, "--draws", "30").out)
    flip_byte(site.pack("files"), 1000)
    plain = beffroi("audit", "draws", "files/offsite", "--seed", SEED, "--draws", "30", "--config", site.configuration)
    assert (plain.code, plain.out.splitlines()) == (0, told["drawn"])
    shown = beffroi(
        "audit", "draws", "files/offsite", "--seed", SEED.upper(), "--draws", "30", "--json",
        "--config", site.configuration,
    )  # fmt: skip
    assert (json.loads(shown.out)["drawn"], json.loads(shown.out)["draws"]) == (told["drawn"], 30)
    assert len(registered(site)) == 1


def test_the_recipe_of_the_documents_draws_the_same(site: Watched) -> None:
    text = (HOME / "docs" / "audit.md").read_text()
    (recipe,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    repository = str(site.repository("files"))
    indexes = site.folder / "indexes"
    indexes.mkdir()
    for index in site.restic(repository, "list", "index").split():
        (indexes / index).write_text(site.restic(repository, "cat", "index", index))
    script = site.folder / "draw.py"
    script.write_text(recipe)
    argv = [sys.executable, str(script), SEED, "460", *map(str, sorted(indexes.iterdir()))]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == json.loads(audit(site).out)["drawn"]


def test_a_flipped_byte_in_a_drawn_blob_is_damage(site: Watched) -> None:
    drawn = json.loads(audit(site, "--draws", "3").out)["drawn"][0]
    pack, offset, length = blobs(site)[drawn]
    flip_byte(pack_of(site, pack), offset + length // 2)
    said = audit(site, "--draws", "3")
    told = json.loads(said.out)
    assert (said.code, told["outcome"], told["reason"]) == (1, "damaged", "damaged")
    assert told["missed"] == [{"draw": drawn, "reason": "damaged"}]
    assert [entry["outcome"] for entry in registered(site)] == ["sound", "damaged"]


def test_damage_that_an_audit_found_counts_until_the_copy_was_read_whole(site: Watched) -> None:
    beffroi("verify", "--all", "--config", site.configuration)
    pack, offset, length = blobs(site)[json.loads(audit(site, "--draws", "1").out)["drawn"][0]]
    sound = pack_of(site, pack).read_bytes()
    flip_byte(pack_of(site, pack), offset + length // 2)
    assert standing(site) == {"backup-offsite": ("met", "within-limit"), "backup-rpo": ("met", "within-limit")}

    audit(site, "--draws", "460")
    audit(site, "--draws", "1", "--seed", "00")
    # On the day of the audit, whenever the next look is.
    kept = beffroi("status", "--json", "--config", site.configuration).verdicts
    assert kept["backup-offsite", "files/offsite"]["reason"] == "damaged"
    assert standing(site)["backup-offsite"] == ("missed", "damaged")
    assert standing(site)["backup-rpo"] == ("missed", "damaged")

    pack_of(site, pack).write_bytes(sound)
    beffroi("verify", "--all", "--config", site.configuration)
    assert standing(site) == {"backup-offsite": ("met", "within-limit"), "backup-rpo": ("met", "within-limit")}


def standing(site: Watched) -> dict[str, tuple[str, str]]:
    """Return what a look makes of the copy and of its backup."""
    said = beffroi("check", "--json", "--config", site.configuration)
    subjects = {"backup-offsite": "files/offsite", "backup-rpo": "files"}
    found = {target: said.verdicts[target, subject] for target, subject in subjects.items()}
    return {target: (one["state"], one["reason"]) for target, one in found.items()}


def test_a_sector_of_zeros_in_a_drawn_blob_is_damage(site: Watched) -> None:
    drawn = json.loads(audit(site, "--draws", "1").out)["drawn"][0]
    pack, offset, _ = blobs(site)[drawn]
    path = pack_of(site, pack)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[offset : offset + 64] = bytes(64)
    path.write_bytes(content)
    assert json.loads(audit(site, "--draws", "1").out)["missed"] == [{"draw": drawn, "reason": "damaged"}]


@pytest.mark.parametrize(("fault", "reason"), [("gone", "absent"), ("short", "damaged")])
def test_a_pack_that_is_gone_or_cut_short_is_damage(site: Watched, fault: str, reason: str) -> None:
    path = site.pack("files")
    if fault == "gone":
        path.unlink()
    else:
        cut_short(path, path.stat().st_size - 10)
    said = audit(site)
    told = json.loads(said.out)
    assert (said.code, told["outcome"], told["unread"]) == (1, "damaged", [])
    assert told["missed"]
    assert {one["reason"] for one in told["missed"]} <= {reason, "damaged"}
    assert told["missed"][0]["reason"] == reason


def test_damage_is_seen_over_sftp_and_a_sound_copy_is_sound_there(site: Watched) -> None:
    with running_sshd(site.folder / "sshd") as sshd:
        file = site.folder / "environment"
        file.touch(mode=0o600)
        file.write_text("".join(f"{key}={value}\n" for key, value in sshd.environment().items()))
        copy = Copy(repository=f"sftp:{sshd.alias}:{site.repository('files')}", more=f'environment_file = "{file}"')
        site.declare("far", copy, source=site.source("files"))
        assert audit(site, copy="far/offsite").code == 0
        site.pack("files").unlink()
        said = audit(site, copy="far/offsite")
    assert (said.code, json.loads(said.out)["outcome"]) == (1, "damaged")
    assert "absent" in {one["reason"] for one in json.loads(said.out)["missed"]}
    said = audit(site, copy="far/offsite")
    assert (said.code, json.loads(said.out)["reason"]) == (3, "unreachable")


def forged_index(site: Watched, packs: object) -> None:
    """Add an index file that the repository's own key has sealed."""
    key = json.loads(site.restic(str(site.repository("files")), "cat", "masterkey"))
    parts = (base64.b64decode(part) for part in (key["encrypt"], key["mac"]["k"], key["mac"]["r"]))
    sealed = Derived(*parts).seal(json.dumps({"packs": packs}).encode())
    (site.repository("files") / "index" / hashlib.sha256(sealed).hexdigest()).write_bytes(sealed)


def test_an_index_that_names_a_blob_that_is_not_there_is_damage(site: Watched) -> None:
    blob = {"id": "ab" * 32, "type": "data", "offset": 0, "length": 8_000_000, "uncompressed_length": 8_000_000}
    forged_index(site, [{"id": "cd" * 32, "blobs": [blob]}])
    said = audit(site, "--draws", "5")
    assert said.code == 1
    assert json.loads(said.out)["missed"] == [{"draw": f"data {'ab' * 32}", "reason": "absent"}]


def test_an_index_that_draws_to_one_blob_by_a_false_size_shows_nothing(site: Watched) -> None:
    """Nearly every draw would fall on the one blob that is there, and the loss of all others would not be seen."""
    (name, (pack, _, _)) = next((name, place) for name, place in blobs(site).items() if name.startswith("data "))
    blob = {"id": name.removeprefix("data "), "type": "data", "offset": 0, "length": 2**30}
    forged_index(site, [{"id": pack, "blobs": [blob]}])
    said = audit(site, "--draws", "5")
    told = json.loads(said.out)
    assert set(told["drawn"]) == {name}
    assert (said.code, told["outcome"], told["reason"], told["bytes_read"]) == (3, "unproven", "unreadable", 0)


def test_a_hostile_index_shows_nothing(site: Watched) -> None:
    forged_index(site, [{"id": "cd" * 32, "blobs": [{"id": "\x1b[31m", "type": "data", "offset": 0, "length": 1}]}])
    said = audit(site)
    told = json.loads(said.out)
    assert (said.code, told["outcome"], told["reason"]) == (3, "unproven", "unreadable")
    assert told["bound"] == {"lost": 0.01, "confidence": 0.0}


def test_a_damaged_index_file_is_damage(site: Watched) -> None:
    flip_byte(next((site.repository("files") / "index").iterdir()), 40)
    said = audit(site)
    told = json.loads(said.out)
    assert (said.code, told["outcome"]) == (1, "damaged")
    assert told["drawn"] == []


def test_an_empty_repository_shows_nothing(site: Watched) -> None:
    shutil.rmtree(site.repository("files"))
    site.make("files")
    said = audit(site)
    assert (said.code, json.loads(said.out)["reason"]) == (3, "empty")


def test_a_place_without_a_repository_is_damage(site: Watched) -> None:
    shutil.rmtree(site.repository("files"))
    said = audit(site)
    assert (said.code, json.loads(said.out)["reason"]) == (1, "absent")
    assert [entry["outcome"] for entry in registered(site)] == ["damaged"]


def test_a_wrong_password_shows_nothing_and_is_on_record(site: Watched) -> None:
    site.password_file.write_text("wrong\n")
    said = audit(site)
    assert (said.code, json.loads(said.out)["reason"]) == (3, "wrong-password")
    assert [entry["outcome"] for entry in registered(site)] == ["unproven"]


def test_packs_that_may_not_be_read_show_nothing(site: Watched) -> None:
    (site.repository("files") / "data").chmod(0o700)
    site.password_file.chmod(0o644)
    found = as_nobody(site.folder / "bin")
    assert audit(site).code == 0
    # The program runs as root, its restic as someone who may not enter `data`.
    (site.folder / "state").chmod(0o755)
    (site.folder / "state" / "cache").chmod(0o777)
    said = audit(site, extra=found)
    told = json.loads(said.out)
    assert (said.code, told["outcome"], told["reason"], told["missed"]) == (3, "unproven", "denied", [])
    assert len(told["unread"]) == len(set(told["drawn"]))


def test_a_prune_that_runs_meanwhile_is_no_damage(site: Watched) -> None:
    # The fifth run is the first that reads a blob: by then the index that was listed is another one.
    real = shutil.which("restic")
    index = next((site.repository("files") / "index").iterdir())
    script = f"""case "$*" in
"cat blob"*) rm -rf "{site.repository("files")}"/data; mv "{index}" "{site.folder}/index" 2>/dev/null ;;
esac
exec {real} "$@"
"""
    said = audit(site, extra=fake_restic(site.folder / "bin", script))
    told = json.loads(said.out)
    assert (said.code, told["outcome"], told["reason"], told["missed"]) == (3, "unproven", "unreadable", [])


def test_a_restic_that_prints_other_bytes_is_not_believed(site: Watched) -> None:
    script = f"""case "$*" in
"cat blob"*) echo "all is well"; exit 0 ;;
esac
exec {shutil.which("restic")} "$@"
"""
    said = audit(site, "--draws", "5", extra=fake_restic(site.folder / "bin", script))
    told = json.loads(said.out)
    assert (said.code, told["outcome"], told["bytes_read"]) == (1, "damaged", 0)
    assert {one["reason"] for one in told["missed"]} == {"damaged"}


def test_an_audit_that_was_cut_off_stays_on_record(site: Watched) -> None:
    script = f"""case "$*" in
"cat blob"*) kill -INT $(cat {site.folder}/pid); sleep 20 ;;
esac
exec {shutil.which("restic")} "$@"
"""
    path = fake_restic(site.folder / "bin", script)
    arguments = ["audit", "files/offsite", *ASKED, "--config", str(site.configuration)]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "agent", *arguments], env=environment(path), stdout=subprocess.PIPE
    )
    (site.folder / "pid").write_text(str(process.pid))
    process.communicate(timeout=300)
    assert process.returncode == 130
    (entry,) = registered(site)
    assert (entry["seed"], "outcome" in entry) == (SEED, False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("files/offsite", "--seed", "xyz", "--by", "X"), "no seed"),
        (("files/offsite", "--seed", "abc", "--by", "X"), "no seed"),
        (("files/offsite", "--seed", "", "--by", "X"), "no seed"),
        (("files/offsite", "--seed", "ab" * 65, "--by", "X"), "no seed"),
        (("files/offsite", "--seed", SEED), "--by is missing"),
        (("files/offsite", "--seed", SEED, "--by", "a\x1bb"), "--by"),
        (("files/offsite", "--seed", SEED, "--by", "X", "--draws", "0"), "--draws: 0"),
        (("files/elsewhere", "--seed", SEED, "--by", "X"), "files/elsewhere"),
        (("files/offsite", "files/offsite", "--seed", SEED, "--by", "X"), "2 copies"),
        (("draws", "--seed", SEED), "no copy is named"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_not_on_record(
    site: Watched, arguments: tuple[str, ...], words: str
) -> None:
    said = beffroi("audit", *arguments, "--config", site.configuration)
    assert said.code == 2
    assert words in said.err
    assert registered(site) == []


def test_a_record_is_written_to_a_file_in_the_language_asked_for(site: Watched) -> None:
    file = site.folder / "record.txt"
    said = beffroi(
        "audit", "files/offsite", *ASKED, "--output", file, "--language", "en", "--config", site.configuration
    )
    assert (said.code, said.out) == (0, "")
    assert file.read_text().startswith("RECORD OF AN AUDIT BY RANDOM DRAWS\n")
    assert file.stat().st_mode & 0o007 == 0


def test_the_cache_of_an_earlier_audit_hides_no_loss(site: Watched) -> None:
    with open_session(site.configuration) as session:
        cache = session.context.folder / "cache"
    audit(site)
    left = Repository(folder=site.repository("files"), password_file=site.password_file)
    for path in left.packs():
        path.unlink()
    assert json.loads(audit(site).out)["outcome"] == "damaged"
    assert not list(cache.glob("audit-*"))


def test_a_folder_s_blob_costs_its_range_and_not_its_pack(site: Watched) -> None:
    """restic's cache takes whole packs of trees; the draws of a pack that is worth it go around the cache."""
    for number in range(120):
        folder = site.source("files") / f"folder-{number}"
        folder.mkdir()
        for file in range(6):
            (folder / f"a file with quite a long name, {file} of {number}, {number * 7919:08x}").touch()
    site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(site.source("files")))
    log = site.folder / "asked"
    script = f'echo "$*" >>{log}\nexec {shutil.which("restic")} "$@"'
    said = audit(site, extra=fake_restic(site.folder / "bin", script))
    told = json.loads(said.out)
    assert (said.code, told["outcome"]) == (0, "sound")
    trees = {name.removeprefix("tree ") for name in told["drawn"] if name.startswith("tree ")}
    read = [line.split() for line in log.read_text().splitlines() if line.startswith("cat blob ")]
    without = {words[2] for words in read if "--no-cache" in words}
    assert len(trees) > 10
    assert without <= trees
    assert 1 <= len(without) < len(trees)
