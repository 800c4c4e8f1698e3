"""The web configuration: every mistake told, nothing ignored, never less protection than was written down."""

import contextlib
import ssl
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.config.web_config import load
from agent.core.errors import ConfigurationError, UsageError
from tests.parts.web import HASH, Certified, certify


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds a certificate, its key and an authority."""
    folder = tmp_path_factory.mktemp("web")
    authority = certify(folder, "authority")
    certify(folder, "server", authority)
    certify(folder, "another", authority)
    return folder


def written(folder: Path, text: str) -> Path:
    """Write a web configuration."""
    path = folder / "web.yml"
    path.write_text(text)
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    """Return what is told about a web configuration, without the file's name."""
    path = written(folder, text)
    with pytest.raises(ConfigurationError) as raised:
        load(path)
    return [line.removeprefix(f"{path}:") for line, _ in raised.value.mistakes]


def test_what_exporter_toolkit_documents_is_read(folder: Path) -> None:
    """Users, certificate, client authority, versions and header fields all arrive."""
    text = f"""
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: {folder}/authority.crt
  min_version: TLS13
http_server_config:
  http2: false
  headers:
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  prometheus: {HASH}
  42: "{HASH}"
"""
    config = load(written(folder, text))
    assert config.tls is not None
    assert config.tls.minimum_version is ssl.TLSVersion.TLSv1_3
    assert config.tls.verify_mode is ssl.CERT_REQUIRED
    assert config.headers == (("Strict-Transport-Security", "max-age=31536000"),)
    assert config.users == {"prometheus": HASH.encode(), "42": HASH.encode()}


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "{}\n"])
def test_an_empty_file_is_no_protection_that_was_meant(folder: Path, text: str) -> None:
    """An editor empties it for a moment, a full disk for good: no password would then be asked for."""
    assert mistakes(folder, text) == ["1: the file: it is empty and protects nothing"]


@pytest.mark.parametrize(
    "text",
    [
        "tls_server_config:\n  cert_file: server.crt\n",
        "tls_server_config:\n  key_file: server.key\n",
        "tls_server_config: {}\n",
        "tls_server_config:\n",
        "tls_server_config: server.crt\n",
        "tls_server_config:\n  cert_file: server.crt\n  key_file: ''\n",
        "tls_server_config:\n  cert_file: server.crt\n  key_file: another.key\n",
        "tls_server_config:\n  cert_file: server.key\n  key_file: server.crt\n",
        "tls_server_config:\n  cert_file: server.crt\n  key_file: nowhere.key\n",
    ],
)
def test_a_certificate_without_its_key_is_never_plain_http(folder: Path, text: str) -> None:
    """Half a TLS configuration is an error."""
    assert mistakes(folder, text)


TLS = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("basic_auth_user: {}\n", "1: basic_auth_user: unknown key"),
        (TLS + "  cipher_suites: [A]\n", "4: tls_server_config.cipher_suites: unknown key"),
        (TLS + "  min_version: TLS10\n", '4: tls_server_config.min_version: "TLS10" is not supported'),
        (
            TLS + "  client_auth_type: RequireAnyClientCert\n",
            'client_auth_type: "RequireAnyClientCert" is not',
        ),
        (TLS + "  client_auth_type: RequireAndVerifyClientCert\n", "need each other"),
        (TLS + "  client_ca_file: authority.crt\n", "need each other"),
        (
            TLS + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: server.key\n",
            "holds no certificate",
        ),
        ("http_server_config:\n  headers:\n    Content-Security-Policy: x\n", "unknown key"),
        ('http_server_config:\n  headers:\n    X-Frame-Options: "a\\nb"\n', "one line of plain text is expected"),
        ("http_server_config:\n  http2: perhaps\n", "2: http_server_config.http2: true or false"),
        ("basic_auth_users: {}\n", "1: basic_auth_users: it names no user"),
        ("basic_auth_users:\n  a: plain text\n", "2: basic_auth_users: this is no bcrypt hash"),
        (f"basic_auth_users:\n  a: {HASH.replace('$04$', '$31$')}\n", "the cost of a bcrypt hash must lie between"),
        (f"basic_auth_users:\n  'a:b': {HASH}\n", "a name has no colon"),
        (f"basic_auth_users:\n  a: {HASH}\n  a: {HASH}\n", "3: a: this key is there twice"),
        (f"basic_auth_users:\n  a: &x {HASH}\n  b: *x\n", "2: the file: anchors and aliases are not read here"),
        ("basic_auth_users:\n  - a\n", "a table is expected here"),
        ("- a\n", "1: the file: a table is expected here"),
        ("a: [\n", "this is not YAML"),
        ("a: \tb\n  c: d\n", "this is not YAML"),
    ],
)
def test_each_mistake_names_its_line_and_key(folder: Path, text: str, said: str) -> None:
    """What cannot be in force is an error, anyone who else would understand it."""
    assert any(said in line for line in mistakes(folder, text)), mistakes(folder, text)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    """No one has to mend one to hear of the next."""
    told = mistakes(folder, "a: b\nbasic_auth_users:\n  x: y\ntls_server_config:\n  cert_file: nowhere.crt\n")
    assert [line.split(":")[0] for line in told] == ["1", "3", "5", "5"]


def test_the_nearest_known_key_is_the_hint(folder: Path) -> None:
    """A slip of the pen is mended by reading one line."""
    with pytest.raises(ConfigurationError) as raised:
        load(written(folder, "basic_auth_user:\n  a: b\n"))
    assert raised.value.hint == "did you mean basic_auth_users?"


def test_no_hash_and_no_password_is_repeated(folder: Path) -> None:
    """A message may end in a ticket."""
    secret = "hunter2-hunter2"
    texts = [f"basic_auth_users:\n  a: {secret}\n", f"{secret}: {HASH}x\n", f"a: {HASH}: {secret}: [\n", f"{secret}\n"]
    for text in texts:
        with pytest.raises(UsageError) as raised:
            load(written(folder, text))
        told = str(getattr(raised.value, "mistakes", raised.value.args))
        assert secret not in told
        assert HASH not in told


def test_a_key_that_all_can_read_is_refused(folder: Path) -> None:
    """A private key is private."""
    (folder / "server.key").chmod(0o644)
    try:
        assert any("can be read by all" in line for line in mistakes(folder, TLS))
    finally:
        (folder / "server.key").chmod(0o600)


def test_an_encrypted_key_is_an_error_and_not_a_question(folder: Path) -> None:
    """No one sits at a daemon's terminal."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key((folder / "server.key").read_bytes(), None)
    locked = folder / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    locked.chmod(0o600)
    assert mistakes(folder, TLS.replace("server.key", "locked.key"))


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"a" * 70_000])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    """Missing, not text, or far too large: one line, with the file's name."""
    path = tmp_path / "web.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"web\.yml"):
        load(path)


YAML = st.recursive(
    st.sampled_from([HASH, "server.crt", "server.key", "TLS12", "~", "1", "&a", "*a", "!!python/name:os", "'", "\t"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["tls_server_config", "basic_auth_users", "cert_file", "key_file", "headers", "x", "?"]),
            inner,
            max_size=3,
        ).map(lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}")
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | YAML | st.integers(0, 2000).map(lambda depth: "[" * depth))
def test_any_text_is_read_or_refused(folder: Path, text: str) -> None:
    """No text makes a traceback, and none that is refused protects less than it says."""
    path = folder / "web.yml"
    path.write_bytes(text.encode(errors="replace"))
    with contextlib.suppress(UsageError):
        config = load(path)
        assert config.tls is not None or "tls_server_config" not in text


def test_what_a_certificate_is_for(folder: Path) -> None:
    """The files that are watched for a change are all of them."""
    authority = Certified(certificate=folder / "authority.crt", key=folder / "authority.key")
    text = TLS + "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: authority.crt\n"
    config = load(written(folder, text))
    assert set(config.files) == {
        folder / "web.yml",
        folder / "server.crt",
        folder / "server.key",
        authority.certificate,
    }
