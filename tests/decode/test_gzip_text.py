"""Gzip and zlib data in base64 is read as its text; images, bombs and broken data are not."""

import base64
import gzip
import random
import zlib
from collections.abc import Callable
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import problems, views

TOKEN: Final = token("tests/decode/gzip-text")
STATE: Final = f'{{"user":null,"client":{{"dataset":"production","token":"{TOKEN}"}}}}'
NOISE: Final = random.Random("tests/decode/gzip-text").randbytes(3_000)


def packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data)).decode()


def deflated(data: bytes, level: int = -1) -> str:
    return base64.b64encode(zlib.compress(data, level)).decode()


SILENT: Final = {
    "a picture, by zlib": f'a="{deflated(NOISE)}"',
    "broken data, by zlib": f'a="eJyr{base64.b64encode(NOISE).decode()}"',
    "the letters of zlib inside other base64": f'a="{base64.b64encode(NOISE[:30]).decode()}{deflated(STATE.encode())}"',
    "a bomb, by zlib": f'a="{deflated(bytes(60_000_000))}"',
    "a picture": f'a="{packed(NOISE)}"',
    "nothing": f'a="{packed(b"")}"',
    "broken data": f'a="H4sI{base64.b64encode(NOISE).decode()}"',
    "the letters inside other base64": f'a="{base64.b64encode(NOISE[:30]).decode()}{packed(STATE.encode())}"',
    "a text without a secret": f'a="{packed(b"A note on tables and chairs, and on lamps. " * 9)}"',
    "a bomb": f'a="{packed(bytes(60_000_000))}"',
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_other_data_gives_no_finding(text: str) -> None:
    assert scan_text(text).detections == ()
    assert problems(text.encode()) == []
    assert sum(len(view.text) for view in views(text.encode(), "gzip")) < 5_000_000


FORMS: Final[dict[str, Callable[[], str]]] = {
    "a string": lambda: f'inflate(atob("{packed(STATE.encode())}"))',
    "without padding": lambda: f"a='{packed(STATE.encode()).rstrip('=')}'",
    "base64url": lambda: f"#state={packed(STATE.encode()).replace('+', '-').replace('/', '_')}",
    "an attribute": lambda: f'<div data-state="{packed(STATE.encode())}">',
    "a data URL": lambda: f'"data:application/gzip;base64,{packed(STATE.encode())}"',
    "a long text": lambda: f'a="{packed(b"a note " * 9_000 + STATE.encode())}"',
    "by zlib": lambda: f'pako.inflate(atob("{deflated(STATE.encode())}"))',
    "by zlib at its highest level": lambda: f'a = "{deflated(STATE.encode(), 9)}"',
    "by zlib, in an address": lambda: f"#state={deflated(STATE.encode()).replace('+', '-').replace('/', '_')}",
    "cut off": lambda: f'a="{packed(STATE.encode() + NOISE.hex().encode())[:600]}',
}


@pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
def test_a_token_in_packed_state_is_one_finding(write: Callable[[], str]) -> None:
    text = write()
    (finding,) = scan_text(text).detections
    assert secret_of(finding).reveal().decode() == TOKEN
    assert text[finding.place.offset :].startswith(("H4sI", "eJ", "eN"))
