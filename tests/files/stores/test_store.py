"""Addresses of stores: what is read, and what of them is shown."""

import pickle
from importlib.util import find_spec

import pytest

from frontleak.core.errors import ConfigError
from frontleak.files.stores.entries import StoreEntry
from frontleak.files.stores.filesystem import filesystem, told
from frontleak.files.stores.reader import StoreReader
from frontleak.files.stores.source import StoreSource
from frontleak.files.stores.store import Store, StoreError, StoreMissingError, store_of
from frontleak.files.stores.web import links_in
from frontleak.files.walk_rules import load_walk_rules

SECRET = "p4ssw0rd-of-theirs"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("s3://bucket/folder", "s3://bucket/folder"),
        ("S3://bucket", "s3://bucket"),
        (f"s3://AKID:{SECRET}@bucket/x", "s3://bucket/x"),
        (f"https://user:{SECRET}@host.example/a/?sig={SECRET}#{SECRET}", "https://host.example/a/"),
        (f"https://{SECRET}@host.example/a/", "https://host.example/a/"),
        ("az://container@account.dfs.core.windows.net/x", "az://container@account.dfs.core.windows.net/x"),
        ("memory://x", "memory://x"),
    ],
)
def test_what_is_shown_has_no_user_and_no_query(address: str, shown: str) -> None:
    store = store_of(address)
    assert (store.address, str(store), repr(store)) == (shown, shown, shown)
    assert SECRET not in f"{store} {store!r}"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/x",
        "file:///etc",
        "local://x",
        "github://a:b@c",
        "zip://x::s3://b",
        "://",
        "s3://",
        "https://",
        "s3:///x/",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    if address == "s3:///x/":
        assert store_of(address).place == "/x/"
        return
    with pytest.raises(ConfigError) as caught:
        store_of(address)
    assert caught.value.advice


def test_a_refusal_quotes_nothing() -> None:
    with pytest.raises(ConfigError) as caught:
        store_of(f"ftp://user:{SECRET}@host/?{SECRET}")
    assert SECRET not in str(caught.value) + caught.value.advice


class _Answered(Exception):  # noqa: N818 - as those of aiohttp and botocore
    def __init__(self, status: int) -> None:
        super().__init__(f"401, url='https://user:{SECRET}@host'")
        self.status = status


class NoCredentialsError(Exception):
    """As botocore's."""


class NoSuchBucket(Exception):  # noqa: N818 - as botocore's
    """As botocore's."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (_Answered(403), "access is denied: it needs s3:GetObject"),
        (PermissionError(SECRET), "access is denied: it needs s3:GetObject"),
        (_Answered(500), "the server answered 500"),
        (_Answered(404), "there is nothing at this address"),
        (FileNotFoundError(SECRET), "there is nothing at this address"),
        (NoCredentialsError(SECRET), "there are no credentials: set AWS_PROFILE"),
        (NoSuchBucket(SECRET), "there is nothing at this address"),
        (TimeoutError(SECRET), "did not answer in time"),
        (ValueError(SECRET), "(ValueError)"),
        (OSError(SECRET), "(OSError)"),
    ],
)
def test_errors_are_told_without_their_text(error: Exception, said: str) -> None:
    store = store_of(f"s3://AKID:{SECRET}@bucket")
    with pytest.raises(StoreError) as caught, told(store, store.kind.to_read):
        raise error
    assert said in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert SECRET not in str(caught.value)
    assert isinstance(caught.value, StoreMissingError) == (said == "there is nothing at this address")


def test_a_missing_package_is_told_with_the_command_that_installs_it() -> None:
    for address, package in (("s3://b", "s3fs"), ("gs://b", "gcsfs"), ("az://b", "adlfs")):
        if find_spec(package) is None:
            with pytest.raises(ConfigError) as caught:
                filesystem(store_of(address))
            assert f'pip install "frontleak[stores]" {package}' in caught.value.advice


def test_what_is_sent_to_a_worker_for_each_object_has_no_credentials() -> None:
    store = store_of(f"https://user:{SECRET}@host.example/a.js?sig={SECRET}")
    reader = StoreReader([store], 1000)
    source = StoreSource(reader, load_walk_rules(), max_size=1000, expected_size=1000)
    entries = list(source.entries())
    assert [each.shown for each in entries if isinstance(each, StoreEntry)] == ["https://host.example/a.js"]
    assert SECRET.encode() not in pickle.dumps(entries)
    assert SECRET not in repr(entries)
    assert pickle.loads(pickle.dumps(store)) == store


def test_links_stay_below_their_page() -> None:
    page = b"""<a href="a.js">a</a> <A HREF='sub/'>x</a> <a class=x href=b%20c.js> <a href="/x/d.js"> <a href="a.js">
      <a href="../up.js"> <a href="/etc"> <a href="https://evil.example/x.js"> <a href="?C=N;O=D"> <a href="#x">
      <a href="//evil.example/x/e.js"> <a href="javascript:1"> <a href="sub/../../z.js"> <a href="http://[">
      <a href="/x/"> <a href="https://h.example/x/f&amp;g.js"> <a href="/xy/h.js">"""
    assert list(links_in(page, "https://h.example/x/")) == [
        "https://h.example/x/a.js",
        "https://h.example/x/sub/",
        "https://h.example/x/b%20c.js",
        "https://h.example/x/d.js",
        "https://h.example/x/f&g.js",
    ]


def test_stores_are_equal_by_what_they_name() -> None:
    assert store_of("s3://a/b") == Store("s3", "a/b")
