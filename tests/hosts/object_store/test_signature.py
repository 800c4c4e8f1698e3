"""Requests signed for an S3 store, held to the example that Amazon publishes."""

from datetime import UTC, datetime

from agent.hosts.object_store.signature import S3Key, path_text, query_text, signed_headers

# Amazon S3 API Reference, «Signature calculations: transferring payload in a single chunk», its examples.
KEY = S3Key(id="AKIAIOSFODNN7EXAMPLE", secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region="us-east-1")
HOST = "examplebucket.s3.amazonaws.com"
AT = datetime(2013, 5, 24, tzinfo=UTC)


def test_a_get_is_signed_as_amazon_s_example() -> None:
    headers = signed_headers(KEY, HOST, "/test.txt", "", AT, more={"range": "bytes=0-9"})
    signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    assert headers["authorization"].endswith(f"Signature={signature}")


def test_a_query_is_signed_as_amazon_s_example() -> None:
    headers = signed_headers(KEY, HOST, "/", query_text((("lifecycle", ""),)), AT)
    signature = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    assert headers["authorization"].endswith(f"Signature={signature}")


def test_names_are_encoded_as_they_are_signed() -> None:
    assert query_text((("prefix", "a b/é"), ("max-keys", "2"))) == "max-keys=2&prefix=a%20b%2F%C3%A9"
    assert path_text("/b/a b+é") == "/b/a%20b%2B%C3%A9"


def test_a_session_token_is_signed_and_no_secret_is_shown() -> None:
    key = S3Key(id="id", secret="hidden", region="eu-west-3", token="session")
    headers = signed_headers(key, HOST, "/", "", AT)
    assert headers["x-amz-security-token"] == "session"
    assert "x-amz-security-token" in headers["authorization"]
    assert "hidden" not in f"{headers}{key}"
