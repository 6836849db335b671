"""Base64 on several lines is decoded as one text; pictures, certificates and prose are not."""

import base64
import json
import random
import textwrap
from collections.abc import Callable
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import problems, views

TOKEN: Final = token("tests/decode/base64-lines")
NOISE: Final = random.Random("tests/decode/base64-lines").randbytes(30_000)
TEXT: Final = f'{{"projectId":"abcd1234","dataset":"production","token":"{TOKEN}","useCdn":false}}'
SETTINGS: Final = f"# settings\nPROJECT=abcd1234\nDATASET=production\nTOKEN={TOKEN}\n"


def lines(data: str | bytes = TEXT, width: int = 76) -> list[str]:
    text = base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()
    return textwrap.wrap(text, width)


SILENT: Final = {
    "a picture in lines": "\n".join(lines(NOISE)),
    "a certificate": "-----BEGIN CERTIFICATE-----\n"
    + "\n".join(lines(NOISE[:900], 64))
    + "\n-----END CERTIFICATE-----",
    "a picture in a template": "atob(`\n" + "\n".join(lines(NOISE)) + "\n`)",
    "a mail with a picture": "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + "\r\n".join(lines(NOISE)),
    "a list of names": "\n".join(f"c2tCategoryOfItems{n:03}AndMore" for n in range(60)),
    "a list of checksums": "\n".join(NOISE[n : n + 32].hex() for n in range(200)),
    "a template with a value": "atob(`\n${e}\n`)",
    "a text without a secret": "\n".join(
        lines("A note on tables and chairs, with more words than one line can hold. " * 9)
    ),
    "a JWT and a line": '"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"\nconst a = 1',
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_lines_without_a_secret_give_no_finding(text: str) -> None:
    assert scan_text(text).detections == ()
    assert problems(text.encode()) == []


def test_a_picture_has_no_view() -> None:
    text = "\n".join(lines(NOISE * 3))
    assert views(text.encode(), "base64-lines") == []


FORMS: Final[dict[str, Callable[[], str]]] = {
    "a file": lambda: "\n".join(lines()) + "\n",
    "a file with CRLF": lambda: "\r\n".join(lines()) + "\r\n",
    "a file of 64 letters": lambda: "\n".join(lines(width=64)),
    "a file of 60 letters": lambda: "\n".join(lines(width=60)),
    "a file of 40 letters": lambda: "\n".join(lines(width=40)),
    "a file of an odd number of letters": lambda: "\n".join(lines(width=71)),
    "settings": lambda: "\n".join(lines(SETTINGS)),
    "a data URL with encoded line ends": lambda: "url(data:application/json;base64," + "%0A".join(lines()) + ")",
    "a data URL with encoded CRLF": lambda: "url(data:application/json;base64," + "%0D%0A".join(lines()) + ")",
    "settings behind others": lambda: "\n".join(lines("# a note on this file\n" * 60 + SETTINGS + "# the end\n" * 60)),
    "the token alone": lambda: "\n".join(lines(TOKEN)),
    "a template": lambda: "JSON.parse(atob(`\n" + "\n".join(lines()) + "\n`))",
    "an indented template": lambda: "atob(`\n" + "\n".join(f"        {line}" for line in lines()) + "\n`)",
    "a template of Buffer": lambda: "Buffer.from(`" + "\n".join(lines()) + "`, 'base64')",
    "a string with line breaks": lambda: 'atob("' + "\\n".join(lines()) + '")',
    "a string with CRLF": lambda: 'atob("' + "\\r\\n".join(lines()) + '")',
    "JSON": lambda: json.dumps({"config": "\n".join(lines()) + "\n"}),
    "JSON in JSON": lambda: json.dumps(json.dumps({"config": "\n".join(lines()) + "\n"})),
    "continued lines": lambda: 'atob("' + "\\\n".join(lines()) + '")',
    "quoted lines": lambda: "atob(" + " +\n  ".join(f"'{line}'" for line in lines()) + ")",
    "a list": lambda: "atob([\n" + ",\n".join(f"  '{line}'" for line in lines()) + "\n].join(''))",
    "quoted lines of Python": lambda: "b64decode(\n" + "\n".join(f'    "{line}"' for line in lines()) + "\n)",
    "a list in JSON": lambda: json.dumps({"config": lines()}, indent=2),
    "lines with blanks at the end": lambda: "\n".join(f"{line}  " for line in lines()),
    "comments of SQL": lambda: "\n".join(f"-- {line}" for line in lines()),
    "appended": lambda: 'let s="";' + "".join(f's+="{line}";' for line in lines()) + "atob(s)",
    "a block of YAML": lambda: "config: |\n" + "\n".join(f"  {line}" for line in lines()) + "\nnext: a\n",
    "binary of YAML": lambda: "config: !!binary >\n" + "\n".join(f"      {line}" for line in lines()) + "\n",
    "a comment": lambda: "/**\n" + "\n".join(f" * {line}" for line in lines()) + "\n */",
    "comments of lines": lambda: "\n".join(f"// {line}" for line in lines()) + "\ncode()",
    "comments of a script": lambda: "\n".join(f"# {line}" for line in lines(SETTINGS)) + "\n",
    "a mail": lambda: (
        "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n" + "\r\n".join(lines(SETTINGS)) + "\r\n--"
    ),
    "lines like a key": lambda: "-----BEGIN CONFIG-----\n" + "\n".join(lines(width=64)) + "\n-----END CONFIG-----\n",
    "a here document": lambda: "base64 -d <<EOF >a.json\n" + "\n".join(lines()) + "\nEOF\n",
    "an element": lambda: "<script type='text/plain'>\n" + "\n".join(lines()) + "\n</script>",
    "a data: address in CSS": lambda: "url('data:application/json;base64,\\\n" + "\\\n".join(lines()) + "')",
}


@pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
def test_a_token_in_lines_is_found(write: Callable[[], str]) -> None:
    text = write()
    assert {secret_of(found).reveal().decode() for found in scan_text(text).detections} == {TOKEN}


@pytest.mark.parametrize("before", range(0, 120, 7))
def test_a_token_is_found_wherever_the_line_ends(before: int) -> None:
    text = "\n".join(lines(f"{'x = 1; ' * 20}"[:before] + f"token = '{TOKEN}'\n" + "y = 2; " * 20))
    assert {secret_of(found).reveal().decode() for found in scan_text(text).detections} == {TOKEN}


def test_the_place_is_that_of_the_letters() -> None:
    text = "first\n\n" + "\n".join(lines("# a note on this file, and another one\n" * 8 + SETTINGS))
    (found,) = scan_text(text).detections
    place = text[found.place.offset : found.place.offset + found.place.length]
    assert TOKEN.encode() in base64.b64decode(place.replace("\n", ""))
    assert len(place) < 2 * len(TOKEN)
