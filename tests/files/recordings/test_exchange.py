"""One record of a HAR: what becomes of each of its parts, and that no type in it breaks the scan."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.vocabulary import Exposure
from frontleak.files.recordings.exchange import NO_BODIES, Exchange, ExchangeError
from frontleak.files.recordings.har_home import HarOnDisk
from tests.support.har import header, record

URL = "https://a.example/app.js?v=1"


def parts(one: Any, folder: Path = Path("/nowhere"), most: int = 1000) -> list[Blob | Diagnostic]:
    return list(Exchange(json.dumps(one).encode(), 1, "site.har", HarOnDisk(str(folder / "site.har"))).parts(most))


def told(one: Any, folder: Path = Path("/nowhere")) -> dict[str, tuple[Exposure, bytes]]:
    found = parts(one, folder)
    assert not [each for each in found if isinstance(each, Diagnostic)]
    return {each.origin.display: (each.exposure, each.data) for each in found if isinstance(each, Blob)}


def message(one: Any, folder: Path = Path("/nowhere")) -> tuple[str, bool]:
    (found,) = (each for each in parts(one, folder) if isinstance(each, Diagnostic))
    return found.message, found.incomplete


def test_body_headers_and_request_are_apart() -> None:
    sent = {
        "method": "POST",
        "headers": [header("Authorization", "a"), header("Cookie", "b=c")],
        "postData": {"text": "posted"},
    }
    received = [header("X-Key", "k"), header("Set-Cookie", "s=t")]
    one = record(URL, "héllo", request=sent, response={"headers": received})
    found = told(one)
    assert found.pop("https://a.example/app.js?v=1") == (Exposure.SERVED, "héllo".encode())
    assert found.pop("https://a.example/app.js?v=1 (response headers)") == (Exposure.SERVED, b"X-Key: k")
    assert found.pop("https://a.example/app.js?v=1 (cookies set)") == (Exposure.REQUEST, b"Set-Cookie: s=t")
    request = b"POST https://a.example/app.js?v=1\nAuthorization: a\nCookie: b=c\n\nposted"
    assert found.pop("https://a.example/app.js?v=1 (request)") == (Exposure.REQUEST, request)
    assert not found


def test_cookies_and_parameters_without_text() -> None:
    sent = {"cookies": [header("b", "c")], "postData": {"params": [header("p", "q")]}}
    found = told(record(URL, "x", request=sent))
    assert found[f"{URL} (request)"][1] == f"GET {URL}\nCookie: b=c\n\np=q".encode()


def test_frames_are_apart_by_direction() -> None:
    frames = [
        {"type": "send", "opcode": 1, "data": "mine"},
        {"type": "receive", "opcode": 1, "data": "first"},
        {"type": "receive", "opcode": 2, "data": base64.b64encode(b"second").decode()},
        {"type": "receive", "opcode": 2, "data": "not base64!"},
    ]
    found = told(record("wss://a.example/ws", "x", _webSocketMessages=frames))
    assert found["wss://a.example/ws (frames received)"] == (Exposure.SERVED, b"first\nsecond\nnot base64!")
    assert found["wss://a.example/ws (frames sent)"] == (Exposure.REQUEST, b"mine")


def test_base64_and_lone_surrogates() -> None:
    encoded = record(URL, base64.b64encode(b"\xef\xbb\xbfbody").decode(), content={"encoding": "base64"})
    assert told(encoded)[URL] == (Exposure.SERVED, b"body")
    assert told(record(URL, "a\ud800b"))[URL] == (Exposure.SERVED, b"a?b")


def test_a_file_next_to_the_recording(tmp_path: Path) -> None:
    (tmp_path / "abc.js").write_bytes(b"attached")
    one = record(URL, content={"text": None, "_file": "abc.js"})
    assert told(one, tmp_path)[URL] == (Exposure.SERVED, b"attached")
    posted = record(URL, "x", request={"postData": {"_file": "abc.js"}})
    assert told(posted, tmp_path)[f"{URL} (posted data)"] == (Exposure.REQUEST, b"attached")


@pytest.mark.parametrize("name", ["../abc.js", "/etc/hostname", "..", "a/b", "c:x", "a\\b", "a\0b", "a\ud800"])
def test_no_other_file_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "abc.js").write_bytes(b"attached")
    one = record(URL, content={"text": None, "_file": name})
    text, is_incomplete = message(one, tmp_path / "inner")
    assert text == "is in a file outside the folder of its recording, which was not read"
    assert is_incomplete


def test_a_link_is_not_followed_and_a_missing_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "abc.js").symlink_to("/etc/hostname")
    assert message(record(URL, content={"text": None, "_file": "abc.js"}), tmp_path)[1]
    assert message(record(URL, content={"text": None, "_file": "gone.js"}), tmp_path)[1]


def test_a_missing_body_is_told_where_it_may_hold_code() -> None:
    assert message(record(URL, content={"text": None, "size": 10})) == (NO_BODIES, True)
    for silent in ({"size": 0}, {"size": 10, "mimeType": "image/png"}, {"size": "10"}):
        assert told(record(URL, content={"text": None} | silent))
    assert told(record(URL, content={"text": None, "size": 9}, response={"status": 304}))


def test_a_body_that_is_too_large_is_a_note() -> None:
    assert message(record(URL, "x" * 1001)) == ("1,001 bytes, over --max-file-size", False)


def test_data_urls_have_no_parts() -> None:
    assert parts(record("data:text/plain,x", "x")) == []


@pytest.mark.parametrize("text", [b"", b"[]", b"1", b"{", b"[" * 100_000])
def test_what_is_no_record_is_an_error(text: bytes) -> None:
    with pytest.raises(ExchangeError, match="record 7 is no"):
        Exchange(text, 7, "site.har", HarOnDisk("site.har"))


_ANY: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=()), max_size=5)
    | st.just([])
    | st.just([1, {"name": 1}])
)
_KEYS = ("request", "response", "content", "headers", "text", "url", "_file", "size", "status", "postData", "encoding",
         "mimeType", "_webSocketMessages", "_eventSourceMessages", "cookies", "params", "bodySize")  # fmt: skip


@given(st.recursive(_ANY, lambda inner: st.dictionaries(st.sampled_from(_KEYS), inner), max_leaves=20))
def test_no_type_breaks_it(one: Any) -> None:
    if isinstance(one, dict):
        parts(one)
