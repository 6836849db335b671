"""Quoted-printable parts of saved pages and mails are decoded; other texts with equals signs are not."""

import quopri
from collections.abc import Callable
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import views

TOKEN: Final = token("tests/decode/quoted-printable")
PAGE: Final = f'<html><p>größer</p><script>const token = "{TOKEN}";</script></html>'
HEADER: Final = "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"

SILENT: Final = {
    "settings without values": "A=\nTOKEN=\nB=\n",
    "lines of base64": "c2tldGNoZXM=\nYSBza2V0Y2g=\n",
    "code that names it": 'e["content-transfer-encoding"]="quoted-printable";a=b',
    "a page without a secret": HEADER + '\r\n<p class=3D"a">a note =\r\non a table</p>\r\n',
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_a_text_without_a_secret_gives_no_finding(text: str) -> None:
    assert scan_text(text, "a.mhtml").detections == ()


def test_without_a_header_there_is_no_view() -> None:
    assert views(SILENT["settings without values"].encode(), "quoted-printable") == []
    assert views(SILENT["code that names it"].encode(), "quoted-printable") == []


def encoded(text: str) -> str:
    return quopri.encodestring(text.encode()).decode().replace("\n", "\r\n")


FORMS: Final[dict[str, Callable[[], str]]] = {
    "a saved page": lambda: f"--x\r\n{HEADER}\r\n{encoded(PAGE)}\r\n--x--\r\n",
    "line ends of Unix": lambda: f"--x\n{HEADER}\n{encoded(PAGE)}\n--x--\n".replace("\r", ""),
    "a later header": lambda: (
        f"--x\r\n{HEADER}Content-Location: https://acme.io/\r\n\r\n{encoded(PAGE)}\r\n--x\r\nContent-Type: a/b\r\n"
    ),
    "the second part": lambda: f"--x\r\n{HEADER}\r\n<p>a</p>\r\n--x\r\n{HEADER}\r\n{encoded(PAGE)}",
    "a mail without parts": lambda: f"{HEADER.lower()}\r\n{encoded(PAGE)}",
}


@pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
def test_a_token_in_a_part_is_one_finding(write: Callable[[], str]) -> None:
    text = write().encode()
    (finding,) = scan_text(text.decode(), "a.mhtml").detections
    assert secret_of(finding).reveal().decode() == TOKEN
    place = text[finding.place.offset : finding.place.offset + finding.place.length]
    assert place.startswith(b"sk")
    assert place.endswith(TOKEN[-1:].encode())
