"""Text whose letters CSS escapes is decoded; icons, escaped selectors and octal escapes of JavaScript are not."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import views

TOKEN: Final = token("tests/decode/css-escapes")

SILENT: Final = {
    "icons": "".join(f'.i-{n}:before{{content:"\\f{n:03x}"}}' for n in range(300)),
    "selectors": ".md\\:w-1\\/2,.sm\\:\\31 2,.\\32 xl\\:p-2\\.5{}" * 30,
    "a font": "a{font-family:\\5b8b\\4f53,\\5fae\\8f6f\\96c5\\9ed1}",
    "octal escapes": 'a="' + "".join(f"\\{ord(letter):03o}" for letter in TOKEN[:6]) + '"',
    "a path": "C:\\45\\note\\52\\desk",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_other_escapes_have_no_view(text: str) -> None:
    assert views(text.encode(), "css-escape") == []
    assert scan_text(text, "a.css").detections == ()


def each(form: str) -> str:
    return "".join(form.format(ord(letter)) for letter in TOKEN)


FORMS: Final[dict[str, Callable[[], str]]] = {
    "two digits and a blank": lambda: each("\\{:x} "),
    "six digits": lambda: each("\\{:06x}"),
    "four digits and a blank": lambda: each("\\{:04X} "),
    "every other letter": lambda: "".join(f"\\{ord(c):06x}" if n % 2 or n < 12 else c for n, c in enumerate(TOKEN)),
    "a line end after an escape": lambda: each("\\{:x}\n").replace("\n", " ", 20),
}


@pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
def test_a_token_in_escapes_of_css_is_one_finding(write: Callable[[], str]) -> None:
    text = f'a::after{{content:"{write()}"}}'
    (finding,) = scan_text(text, "a.css").detections
    assert secret_of(finding).reveal().decode() == TOKEN
    assert text[finding.place.offset] in "s\\"
