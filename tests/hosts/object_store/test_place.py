"""Addresses of S3 repositories, read as restic reads them."""

import pytest

from agent.core.errors import Unreadable
from agent.hosts.object_store.place import S3Place, s3_key, s3_place


def placed(address: str) -> S3Place:
    found = s3_place(address, {})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("address", "host", "port", "secure", "bucket", "prefix"),
    [
        ("s3:https://objets.example/scota", "objets.example", 443, True, "scota", ""),
        ("s3:http://127.0.0.1:9000/b/deep/er/", "127.0.0.1", 9000, False, "b", "deep/er/"),
        ("s3:s3.amazonaws.com/bucket/restic", "s3.amazonaws.com", 443, True, "bucket", "restic/"),
        ("s3://objets.example:8443/b//x/./y", "objets.example", 8443, True, "b", "x/y/"),
        ("s3:http://[::1]:9000/b/%C3%A9", "::1", 9000, False, "b", "é/"),
    ],
)
def test_an_address_is_read_as_restic_reads_it(
    address: str, host: str, port: int, secure: bool, bucket: str, prefix: str
) -> None:
    found = placed(address)
    assert (found.host, found.port, found.secure, found.bucket, found.prefix) == (host, port, secure, bucket, prefix)


@pytest.mark.parametrize("address", ["sftp:vault:/srv", "/srv/s3:x", "rest:https://vault/"])
def test_another_kind_is_no_s3_store(address: str) -> None:
    assert s3_place(address, {}) is None


@pytest.mark.parametrize(
    "address", ["s3:", "s3:https://host", "s3:https://host/", "s3:http://h:x/b", "s3:https://a:b@h/b"]
)
def test_an_address_without_a_bucket_or_with_a_key_is_refused(address: str) -> None:
    with pytest.raises(Unreadable) as refused:
        s3_place(address, {})
    assert "a:b" not in refused.value.message


def test_amazon_has_the_bucket_in_the_name_and_others_in_the_path() -> None:
    amazon, other = placed("s3:s3.eu-west-3.amazonaws.com/b/x"), placed("s3:https://objets.example:9000/b/x")
    assert (amazon.asked_host, amazon.path_of("x/k"), amazon.host_header) == (
        "b.s3.eu-west-3.amazonaws.com",
        "/x/k",
        "b.s3.eu-west-3.amazonaws.com",
    )
    assert (other.asked_host, other.path_of("x/k"), other.host_header) == (
        "objets.example",
        "/b/x/k",
        "objets.example:9000",
    )
    assert (amazon.path_of(), other.path_of()) == ("/", "/b")


@pytest.mark.parametrize(
    ("address", "more", "region"),
    [
        ("s3:https://objets.example/b", {}, "us-east-1"),
        ("s3:https://objets.example/b", {"AWS_DEFAULT_REGION": "fr-par"}, "fr-par"),
        ("s3:s3.eu-west-3.amazonaws.com/b", {}, "eu-west-3"),
    ],
)
def test_the_region_is_that_of_the_environment_or_of_the_address(
    address: str, more: dict[str, str], region: str
) -> None:
    environment = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", **more}
    assert s3_key(placed(address), environment).region == region


def test_an_environment_without_a_key_says_what_is_missing() -> None:
    with pytest.raises(Unreadable, match="sets no access key"):
        s3_key(placed("s3:https://objets.example/b"), {"AWS_ACCESS_KEY_ID": "id"})
