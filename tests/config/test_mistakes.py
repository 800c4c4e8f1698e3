"""Every mistake is said with its line, its key and its mend; all at once; and nothing secret is repeated."""

from typing import NamedTuple

import pytest

from tests.config.written import SOUND, Told, line_of, told

HUNTER = "hunter2-correct-horse"


class Case(NamedTuple):
    """One planted mistake: what replaces what, the line that must be named, its key, and words of the message."""

    old: str
    new: str
    line: str | int
    key: str
    words: str


def added(text: str, line: str | int, key: str, words: str) -> Case:
    """Return a mistake in tables that are added at the end."""
    return Case("", text, line, key, words)


LOG = '[[log]]\nid = "central"\nhost = "srv-1"\nkind = "files"\npath = "/var/log/{source}"\nsources = ["a", "b"]\n'
FLOW = '[[flow]]\nid = "f"\nfrom = "srv-1"\nto = "192.0.2.9:22"\nexpect = "open"\n'
FILTER = (
    '[[web_filter]]\nid = "m"\nfrom = "srv-1"\nurl = "http://a.example/"\ncontrol_url = "http://b.example/"\n'
    'refused_as = ["reset"]\n'
)
MAIL = 'to = ["a@b.example"], smtp = "smtp://relay:25", from = "c@d.example"'

CASES = {
    # unknown keys, with the nearest known one
    "an unknown key": Case('timeout = "60s"', 'timeuot = "60s"', "timeuot", "agent.timeuot", "no known key"),
    "an unknown table": added("[agnet]\n", "[agnet]", "agnet", "no known key"),
    "an unknown array of tables": added("[[hots]]\n", "[[hots]]", "hots", "no known key"),
    "an unknown key of a copy": added('sight = "x"\n', "sight", "backup.copy.sight", "no known key"),
    "an unknown dotted key": added("[alert]\nmial.to = []\n", "mial.to", "alert.mial", "no known key"),
    "an unknown key in an inline table": added(
        f"[alert]\nmail = {{ {MAIL}, too = 1 }}\n", "mail = {", "alert.mail.too", "no known key"
    ),
    "an unknown target": added("[targets.backup-rto2]\n", "backup-rto2", "targets.backup-rto2", "no target"),
    "a quoted key with a line feed": added('"a\\nb" = 1\n', 26, 'backup.copy."a\\nb"', "no known key"),
    "a quoted key with a colon": added('"a: b" = 1\n', 26, 'backup.copy."a\\u003a b"', "no known key"),
    # missing keys, at their table's line
    "a host without id": Case('id = "vault"\n', "", 11, "host.id", "is missing"),
    "a copy without repository": Case(
        'repository = "sftp:beffroi@vault:/srv/restic/files"\n',
        "",
        "[[backup.copy]]",
        "backup.copy.repository",
        "missing",
    ),
    "a copy without password_file": Case(
        'password_file = "/etc/beffroi/files.password"\n',
        "",
        "[[backup.copy]]",
        "backup.copy.password_file",
        "is missing",
    ),
    "a backup without paths": Case('paths = ["/srv/scota"]\n', "", "[[backup]]", "backup.paths", "is missing"),
    "a backup without copies": added(
        '[[backup]]\nid = "b"\nhost = "srv-1"\npaths = ["/a"]\n', 26, "backup.copy", "is missing"
    ),
    "an ssh host without address": Case('address = "vault.example"\n', "", 11, "host.address", "is missing"),
    "a tree of logs without path": added(
        LOG.replace('path = "/var/log/{source}"\n', ""), "[[log]]", "log.path", "is missing"
    ),
    "a marker from no host": added(
        LOG + 'marker = { host = "srv-2", source = "a" }\n', "marker", "log.marker.host", "is no host of this file"
    ),
    "a backup program without collectors": Case(
        'paths = ["/srv/scota"]\n',
        'paths = ["/srv/scota"]\nprogram = "tapes"\n',
        "tapes",
        "backup.program",
        '"tapes" is',
    ),
    "a marker for no sender": added(
        LOG + 'marker = { host = "srv-1" }\n', "marker", "log.marker.host", "is no sender of this log"
    ),
    # values of the wrong kind or form
    "a number for a duration": Case('timeout = "60s"', "timeout = 60", 2, "agent.timeout", "must be text, not a whole"),
    "a duration without unit": Case('timeout = "60s"', 'timeout = "60"', 2, "agent.timeout", '"60" is not a duration'),
    "a timeout of zero": Case('timeout = "60s"', 'timeout = "0s"', 2, "agent.timeout", "is zero"),
    "a bad size": added('[schedule]\nverify_budget = "20 giga"\n', "giga", "schedule.verify_budget", "is not a size"),
    "a bad time of day": added('[schedule]\nverify = "25:00"\n', "25:00", "schedule.verify", "not a time of day"),
    "a rhythm that is neither": added('[schedule]\nlogs = "hourly"\n', "hourly", "schedule.logs", "is neither"),
    "a time of day without quotes": added(
        "[schedule]\nverify = 03:30:00\n", "03:30:00", "schedule.verify", "a time without a zone"
    ),
    "a start without zone": Case(
        "starts = 2026-01-01", "starts = 2026-01-01T00:00:00", 4, "convention.starts", "a time without a zone"
    ),
    "a day in quotes": Case("starts = 2026-01-01", 'starts = "2026-01-01"', 4, "convention.starts", "is not a day"),
    "a table in place of an array": added(
        '[perimeter]\nid = "internet"\n', "[perimeter]", "perimeter", "must be an array of tables, not a table"
    ),
    "an array in place of a table": added("[[alert]]\n", "[[alert]]", "alert", "must be a table, not a list"),
    "text in place of a list": Case('paths = ["/srv/scota"]', 'paths = "/srv"', 20, "backup.paths", "must be a list"),
    "an empty list of paths": Case('paths = ["/srv/scota"]', "paths = []", 20, "backup.paths", "empty list"),
    "a relative path": Case('paths = ["/srv/scota"]', 'paths = [\n"/a",\n"b"]', 22, "backup.paths", "absolute"),
    "no such choice": Case('transport = "ssh"', 'transport = "shh"', 13, "host.transport", 'not one of "local", "ssh"'),
    "no such collector": Case("collect = []", 'collect = ["patch"]', 16, "host.collect", '"patch" is not one of'),
    "no such language": Case('timeout = "60s"', 'language = "de"', 2, "agent.language", '"de" is not one of'),
    "no such zone": Case('timeout = "60s"', 'timezone = "Paris"', 2, "agent.timezone", "is not a time zone"),
    "a port out of range": Case('address = "v', 'port = 70000\naddress = "v', 14, "host.port", "70000 is out of range"),
    "an id with a slash": Case('id = "files"', 'id = "a/b"', 18, "backup.id", "is not an id"),
    "a country in small letters": added('country = "fr"\n', "country", "backup.copy.country", "is not a country"),
    "a flow to no port": added(FLOW.replace(":22", ""), "192.0.2.9", "flow.to", "is not a host and a port"),
    "an unknown refusal": added(FILTER.replace("reset", "403"), "403", "web_filter.refused_as", "is none of"),
    "a plain webhook": added('[alert]\nwebhook = "http://h.example/x"\n', "webhook", "alert.webhook", "not an https"),
    "a listen without port": Case('timeout = "60s"', 'listen = "::1"', 2, "agent.listen", "an address and a port"),
    # ids and references
    "an id given twice": added('[[host]]\nid = "srv-1"\n', 27, "host.id", "first on line 9"),
    "a copy's id given twice": added(
        '[[backup.copy]]\nid = "offsite"\nrepository = "/b"\npassword_file = "/p"\noffsite = false\n',
        27,
        "backup.copy.id",
        "first on line 22",
    ),
    "a sender given twice": added(LOG.replace('"b"', '{ id = "a" }'), "sources", "log.sources.id", "already the id"),
    "a flow named like a host": added(FLOW.replace('"f"', '"srv-1"'), 27, "flow.id", "first on line 9"),
    "a backup of no host": Case('host = "srv-1"', 'host = "srv-2"', 19, "backup.host", '"srv-2" is no host'),
    "a beneficiary that is none": Case(
        'site = "arras"', 'site = "arras"\nbeneficiaries = ["scot"]', 11, "host.beneficiaries", "is no beneficiary"
    ),
    "a store on no host": added(
        'store = { host = "vualt", path = "/srv" }\n', "store", "backup.copy.store.host", "is no host"
    ),
    "a log on no host": added(LOG.replace("srv-1", "nowhere"), "nowhere", "log.host", "is no host"),
    "a flow from no host": added(FLOW.replace("srv-1", "nowhere"), "nowhere", "flow.from", "is no host"),
    "a filter from no host": added(FILTER.replace("srv-1", "nowhere"), "nowhere", "web_filter.from", "is no host"),
    "a perimeter of nobody": added(
        '[[perimeter]]\nid = "i"\nbeneficiary = "x"\n', '"x"', "perimeter.beneficiary", "is no beneficiary"
    ),
    # secrets
    "a password in the file": added(f'password = "{HUNTER}"\n', "password =", "backup.copy.password", "secret"),
    "a token in the file": Case('timeout = "60s"', f'token = "{HUNTER}"', 2, "agent.token", "secret"),
    "a password in a repository": Case(
        "sftp:beffroi@vault:/srv/restic/files",
        f"rest:https://scota:{HUNTER}@vault/files",
        23,
        "backup.copy.repository",
        "holds a password",
    ),
    "a password in an sftp repository": Case(
        "sftp:beffroi@vault:", f"sftp:beffroi:{HUNTER}@vault:", 23, "backup.copy.repository", "holds a password"
    ),
    "keys in an s3 repository": Case(
        "sftp:beffroi@vault:", f"s3:https://AKIA:{HUNTER}@objets.example", 23, "backup.copy.repository", "password"
    ),
    "a password in the relay": added(
        f"[alert]\nmail = {{ {MAIL.replace('relay', f'u:{HUNTER}@relay')} }}\n", "mail =", "alert.mail.smtp", "password"
    ),
    # what must hold between keys
    "an end before its start": Case(
        "collect = []", "starts = 2026-03-01\nends = 2026-02-01", 17, "host.ends", "2026-02-01 is before its start"
    ),
    "a sender's end before its start": added(
        LOG.replace('"b"', '{ id = "b", starts = 2026-03-01, ends = 2026-02-01 }'),
        "sources",
        "log.sources.ends",
        "before",
    ),
    "a copy whose place nothing tells": Case(
        'site = "cambrai"\n', "", "[[backup.copy]]", "backup.copy.site", "it is unknown whether"
    ),
    "a host without a known site": Case('site = "arras"\n', "", 8, "host.site", "it is unknown which copies"),
    "off site at the source's own site": Case(
        'site = "arras"', 'site = "cambrai"', "offsite = true", "backup.copy.offsite", "cannot be true"
    ),
    "one repository for two copies": added(
        '[[backup.copy]]\nid = "b"\nrepository = "sftp:beffroi@vault:/srv/restic/files/"\n'
        'password_file = "/p"\noffsite = false\n',
        28,
        "backup.copy.repository",
        "first on line 23",
    ),
    "plain HTTP off loopback": Case('timeout = "60s"', 'listen = "0.0.0.0:9588"', 2, "agent.listen", "off loopback"),
    "an address for this very machine": Case(
        'site = "arras"', 'site = "arras"\naddress = "srv-1.example"', 11, "host.address", "reached by SSH"
    ),
    "a canary outside the paths": Case(
        'host = "srv-1"', 'host = "srv-1"\ncanary = "/c"', 20, "backup.canary", "none of"
    ),
    "thinning after the retention": Case(
        'host = "srv-1"', 'host = "srv-1"\nretention = "7d"\nthinned_after = "8d"', 21, "backup.thinned_after", "longer"
    ),
    "senders that nothing tells apart": added(
        LOG.replace("{source}", "all"), "/var/log/all", "log.path", "does not separate the senders"
    ),
    "two webhooks": added(
        '[alert]\nwebhook_file = "/w"\nwebhook = "https://h.example/"\n', 28, "alert.webhook", "first on line 27"
    ),
    "nobody to work for": Case(
        'site = "arras"', 'site = "arras"\nbeneficiaries = []', 11, "host.beneficiaries", "no one"
    ),
    "a backup of one of several": Case(
        'id = "scota"', 'id = "scota"\n[[beneficiary]]\nid = "b"', 19, "backup.beneficiary", "several beneficiaries"
    ),
    # the convention's targets
    "a looser limit": added('[targets.backup-rpo]\nlimit = "25h"\n', "25h", "targets.backup-rpo.limit", "looser"),
    "a looser limit from below": added(
        '[targets.log-retention]\nlimit = "349d"\n', "349d", "targets.log-retention.limit", "looser"
    ),
    "a looser share": added(
        '[targets.strong-authentication]\nlimit = "99 %"\n', "99 %", "targets.strong-authentication.limit", "looser"
    ),
    "more working days": added(
        "[targets.incident-report]\nlimit = 11\n", "= 11", "targets.incident-report.limit", "looser"
    ),
    "a looser attainment": added(
        '[targets.patching]\nattainment = "99 %"\n', "99 %", "targets.patching.attainment", "looser"
    ),
    "a limit of another unit": added(
        '[targets.patching]\nlimit = "99 %"\n', "99 %", "targets.patching.limit", "is not a duration"
    ),
    "a limit where the text sets none": added(
        '[targets.backup-lifecycle]\nlimit = "1d"\n', '"1d"', "targets.backup-lifecycle.limit", "no figure"
    ),
    "an allowance of another target": added(
        '[targets.patching]\nrun_allowance = "1h"\n', "run_allowance", "targets.patching.run_allowance", "has none"
    ),
    "grace for what is not judged by age": added(
        '[targets.web-filtering]\nalert_after = "1h"\n', "alert_after", "targets.web-filtering.alert_after", "by age"
    ),
}


def planted(case: Case) -> str:
    """Return the sound configuration with one mistake in it."""
    if not case.old:
        return SOUND + case.new
    assert case.old in SOUND
    text = SOUND.replace(case.old, case.new) if case.key == "backup.copy.site" else SOUND.replace(case.old, case.new, 1)
    return f"{text}offsite = true\n" if case.line == "offsite = true" else text


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_said_alone_with_its_line_and_its_key(name: str) -> None:
    case = CASES[name]
    text = planted(case)
    line = case.line if isinstance(case.line, int) else line_of(text, case.line)

    mistakes = told(text)

    matching = [one for one in mistakes if (one.line, one.key) == (line, case.key) and case.words in one.what]
    assert matching, mistakes
    assert len(mistakes) == 1, mistakes


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if HUNTER in case.new])
def test_a_secret_is_never_repeated(name: str) -> None:
    assert not any(HUNTER in part for mistake in told(planted(CASES[name])) for part in (mistake.what, mistake.hint))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('password_file = "/etc/beffroi/files.password"', f'password_file = ["{HUNTER}"]'),
        ('password_file = "/etc/beffroi/files.password"', f'password_file = "{HUNTER}"'),
        ('password_file = "/etc/beffroi/files.password"', f'pasword_file = "{HUNTER}"'),
        ('id = "files"', f'id = "https://u:{HUNTER}@h/"'),
        ('host = "srv-1"', f'host = "rest:https://u:{HUNTER}@h/"'),
        ('timeout = "60s"', f'listen = "u:{HUNTER}@h:80"'),
        ("[[backup]]", f'[alert]\nwebhook = "http://{HUNTER}"\n[[backup]]'),
        ("[[backup]]", f'[alert]\nwebhook_file = "https://h/{HUNTER}"\n[[backup]]'),
        ("[[backup]]", f'[alert]\nheartbeat_file = "https://h/{HUNTER}"\n[[backup]]'),
        ("[[backup]]", f"[alert]\nmail = {{ {MAIL.replace('relay:25', f'u:{HUNTER}@[x')} }}\n[[backup]]"),
        ("[[backup]]", f"[alert]\nmail = {{ {MAIL.replace('relay:25', f'relay:{HUNTER}')} }}\n[[backup]]"),
        ("sftp:beffroi@vault:/srv", f"rest:https://u:{HUNTER}/@vault/srv"),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated_either(old: str, new: str) -> None:
    assert old in SOUND

    for mistake in told(SOUND.replace(old, new, 1), strict=True):
        assert HUNTER not in mistake.what + mistake.hint + mistake.key


# What is wrong there is no single value: something is missing, unknown, or given twice in another key.
WITHOUT_VALUE = ("is missing", "is no known key", "is no target", "a secret does not", "holds a password", "is given")


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_names_the_value(name: str) -> None:
    """A line of the log says what to look for; a list or a table has no short form."""
    text = planted(CASES[name])
    for mistake in told(text):
        written = text.splitlines()[mistake.line - 1].partition("=")[2].strip()
        if mistake.what.startswith(WITHOUT_VALUE) or not written or written.startswith(("[", "{")):
            continue
        assert written in mistake.what or "this value" in mistake.what, mistake


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('timeout = "60s"', 'listen = "[::]:9588"', '"[::]:9588" is off loopback'),
        ('timeout = "60s"', 'listen = "0.0.0.0:9588"', '"0.0.0.0:9588" is off loopback'),
        ("2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00 is a time without a zone"),
        (
            'address = "vault.example"',
            'address = "vault.example"\nport = "ssh"',
            '"ssh" must be a whole number, not text',
        ),
        ('timeout = "60s"', "timeout = 60.5", "60.5 must be text, not a number with decimals"),
        ('timeout = "60s"', "timeout = 2026-01-01", "2026-01-01 must be text, not a day"),
        ('timeout = "60s"', "timeout = true", "true must be text, not true or false"),
        ('timeout = "60s"', 'address = "ftp://b.example/x"', '"ftp://b.example/…" is not an address'),
        ('name = "SCOTA"', 'mail = ["direction@"]', '"direction@" is not a mail address'),
    ],
)
def test_a_message_repeats_what_was_written(old: str, new: str, words: str) -> None:
    assert any(words in one.what for one in told(SOUND.replace(old, new, 1)))


def test_all_mistakes_are_reported_together_in_the_order_of_their_lines() -> None:
    together = [
        'timeout = "60s"',
        'site = "arras"',
        'transport = "ssh"',
        'host = "srv-1"',
        'paths = ["/srv/scota"]',
        'password_file = "/etc/beffroi/files.password"\n',
    ]
    text = SOUND
    for old in together:
        text = text.replace(old, {together[0]: "timeout = 1", together[1]: 'sitte = "arras"'}.get(old, ""), 1)
    text += 'password = "x"\n[targets.backup-rpo]\nlimit = "48h"\n[targets.nothing]\n'

    mistakes = told(text)

    assert [(mistake.line, mistake.key) for mistake in mistakes] == [
        (2, "agent.timeout"),
        (10, "host.sitte"),
        (14, "host.address"),
        (17, "backup.host"),
        (17, "backup.paths"),
        (21, "backup.copy.password_file"),
        (25, "backup.copy.password"),
        (27, "targets.backup-rpo.limit"),
        (28, "targets.nothing"),
    ]


def test_a_looser_limit_s_hint_gives_the_register_line() -> None:
    (mistake,) = told(SOUND + '[targets.strong-authentication]\nlimit = "99 %"\n')

    assert "beffroi register add adaptation target=strong-authentication limit='99 %' informed_on=" in mistake.hint


@pytest.mark.parametrize(
    ("new", "hint"),
    [
        ("[agnet]\n", "did you mean agent?"),
        ("[[backups]]\n", "did you mean backup?"),
        ("[targets.bakup-rpo]\n", "did you mean backup-rpo?"),
        ('[convention.quotations]\nbakup-rpo = "Chaque jour."\n', "did you mean backup-rpo?"),
        ('listen = ""\n', "listen is a key of [agent]"),
        ('passwordfile = "/x"\n', "did you mean password_file?"),
        ('password_fiel = "/x"\n', "did you mean password_file?"),
        ('password = "x"\n', "put it in a file"),
        ('kind = "restic"\n', "kind is a key of [[log]]; known here: id, "),
    ],
)
def test_a_hint_names_what_was_probably_meant(new: str, hint: str) -> None:
    mistakes: list[Told] = told(SOUND + new)

    assert hint in mistakes[0].hint


@pytest.mark.parametrize("text", ["", "# nothing\n", "[agent]\n", '[[host]]\nid = "srv-1"\n'])
def test_a_file_that_expects_nothing_is_a_mistake(text: str) -> None:
    assert [(mistake.line, mistake.key) for mistake in told(text)] == [(1, "beneficiary")]


@pytest.mark.parametrize(
    "repository",
    [
        "/srv/restic/a:b@c",
        "local:/srv/a@b",
        "sftp:user@host:/srv/a@b:c",
        "sftp://user@[::1]:2222//srv/restic",
        "rest:https://host:8000/a@b",
        "rest:http://user@host:8000/",
        "s3:https://objets.example/scota",
        "s3:s3.amazonaws.com/bucket",
        "b2:bucket:path/to/repo",
        "rclone:remote:path@x",
        "azure:container:/",
    ],
)
def test_an_address_without_a_password_is_let_through(repository: str) -> None:
    text = SOUND.replace("sftp:beffroi@vault:/srv/restic/files", repository) + "[targets.nothing]\n"

    assert [mistake.key for mistake in told(text)] == ["targets.nothing"]
