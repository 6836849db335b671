"""Whatever an answer repeats of the secret is masked before anything else reads it."""

import json
from collections.abc import Mapping

import pytest

from frontleak.core.secret import Secret
from frontleak.verify.interface import BEARER, SecretHeader, basic_auth
from frontleak.verify.reading import json_body, kept_headers, mask_of, retry_after

VALUE = "key-1234567890"
SECRET = Secret(VALUE.encode())
MASK = mask_of(SECRET, BEARER)


@pytest.mark.parametrize("body", [None, True, 1, 1.5, "", "x", [], {}, {"a": [1, {"b": "key-123"}]}], ids=repr)
def test_an_answer_without_it_stays_as_it_is(body: object) -> None:
    assert json_body(json.dumps(body).encode(), {}, MASK) == (body, "")


REPEATED: Mapping[str, bytes] = {
    "a value": b'["key-1234567890"]',
    "a key": b'{"key-1234567890":1}',
    "in a text": b'["no key-1234567890, sorry"]',
    "in a header's words": b'["Bearer key-1234567890"]',
    "in escapes": b'["\\u006bey-123456789\\u0030"]',
    "deep": b'[[[[{"a":["xkey-1234567890x"]}]]]]',
}


@pytest.mark.parametrize("data", REPEATED.values(), ids=REPEATED)
def test_the_secret_is_masked(data: bytes) -> None:
    body, error = json_body(data, {}, MASK)
    assert error == ""
    assert VALUE not in json.dumps(body)
    assert SECRET.redacted in json.dumps(body, ensure_ascii=False)


def test_the_form_in_the_header_is_masked_too() -> None:
    header = basic_auth("api:", "")
    sent = header.value(VALUE).removeprefix("Basic ")
    assert json_body(json.dumps([sent, VALUE]).encode(), {}, mask_of(SECRET, header))[0] == 2 * [SECRET.redacted]


def test_a_number_that_is_the_secret_leaves_no_body() -> None:
    number = mask_of(Secret(b"1234567890"), BEARER)
    assert json_body(b"[1234567890]", {}, number) == (None, "the answer is not JSON")


@pytest.mark.parametrize("data", [b"", b"<html>", b"[" * 100_000, b"\xff", b"1" * 60_000], ids=range(5))
def test_what_is_no_json(data: bytes) -> None:
    assert json_body(data, {}, MASK) == (None, "the answer is not JSON")


def test_a_compressed_answer_is_not_read() -> None:
    assert "compressed" in json_body(b"{}", {"Content-Encoding": "gzip"}, MASK)[1]


def test_headers_are_kept_by_name_without_the_secret() -> None:
    headers = {
        "Content-Type": "x",
        "Set-Cookie": VALUE,
        "X-Acme": f"a {VALUE}",
        "X-Other": "1",
        "RateLimit-Limit": "5",
        "X-RateLimit-Reset": "9",
    }
    assert kept_headers(headers, frozenset({"x-acme"}), MASK) == (
        ("content-type", "x"),
        ("ratelimit-limit", "5"),
        ("x-acme", f"a {SECRET.redacted}"),
        ("x-ratelimit-reset", "9"),
    )
    assert retry_after((("retry-after", "7"),)) == 7


HEADERS: Mapping[str, tuple[SecretHeader, str, str]] = {
    "bearer": (BEARER, "Bearer abc", "Bearer <token>"),
    "a header of its own": (SecretHeader(name="X-Api-Key"), "abc", "<token>"),
    "another word": (SecretHeader(name="Authorization", before="token "), "token abc", "token <token>"),
    "the user of basic authentication": (basic_auth(), "Basic YWJjOg==", "Basic <base64 of <token>:>"),
    "the password": (basic_auth("api:", ""), "Basic YXBpOmFiYw==", "Basic <base64 of api:<token>>"),
}


@pytest.mark.parametrize(("header", "value", "shown"), HEADERS.values(), ids=HEADERS)
def test_the_header_of_a_secret(header: SecretHeader, value: str, shown: str) -> None:
    assert (header.value("abc"), header.shown) == (value, shown)
