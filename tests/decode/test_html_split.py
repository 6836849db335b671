"""A secret that tags or invisible characters split is found; ordinary pages stay silent."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import views

TOKEN: Final = token("tests/decode/html-split")
PARTS: Final = [TOKEN[at : at + 30] for at in range(0, len(TOKEN), 30)]

SILENT: Final = {
    "a page": "<p>a note<br>and <b>another</b>, with <i>words</i>in <span>it</span><span>both</span></p>" * 9,
    "words with places to break": "<p>Donau <wbr> dampf <wbr>schiff</p>",
    "a family": "<b>\U0001f469‍\U0001f4bb \U0001f468‍\U0001f469‍\U0001f467</b>",
    "Persian": "<p>می‌خواهم نمی‌دانم</p>",
    "code with comparisons": "for(i=0;task<n&&e.risk1<b;)desk2<c",
    "tasks": "<a>ask</a><a>task</a><a>desk</a><b>risk</b>" * 20,
    "escapes between words": 'a="note\\u200b and text";b="/[a-z\\u200b-\\u200f]/";/[a-z\\u200c\\u200d]/.test(a)',
    "an emoji with a selector": "<p>a\u2764\ufe0f b 1\ufe0f\u20e3</p>",
    "escapes in a script": 'a="<b>note1<\\/b><i>line2<\\/i>";b=/[\\xad\\u202a-\\u202e]/;c="a\\xad b"',
    "right to left": "<p>abc\u202e\u05e9\u05dc\u202c 12\u2067 a</p>",
    "numbers with units": '<span class="n">10</span><span class="u">px</span>; ' * 20,
    "paragraphs of a document": "<w:p><w:r><w:t>Note1</w:t></w:r></w:p><w:p><w:r><w:t>Line2</w:t></w:r></w:p>" * 9,
    "highlighted code": '<span class="k">const</span><span class="n">skip</span><span class="p">(</span>' * 20,
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_an_ordinary_page_has_no_view(text: str) -> None:
    assert views(text.encode(), "html-split") == []
    assert scan_text(text, "index.html").detections == ()


FORMS: Final[dict[str, Callable[[], str]]] = {
    "<wbr>": lambda: f"<code>{'<wbr>'.join(PARTS)}</code>",
    "<wbr/>": lambda: f"<code>{'<wbr/>'.join(PARTS)}</code>",
    "<wbr> after the first letter": lambda: f"<code>s<wbr>{TOKEN[1:]}</code>",
    "a space without width": lambda: "<code>" + "\u200b".join(PARTS) + "</code>",
    "a joiner": lambda: "<code>" + "\u200d".join(PARTS) + "</code>",
    "a word joiner": lambda: "<code>" + "\u2060".join(PARTS) + "</code>",
    "a mark of order": lambda: "<code>" + "\ufeff".join(PARTS) + "</code>",
    "a soft hyphen": lambda: "<code>" + "\u00ad".join(PARTS) + "</code>",
    "a mark after every letter": lambda: "<code>" + "\u200b".join(TOKEN) + "</code>",
    "a decimal reference": lambda: f"<code>{'&#8203;'.join(PARTS)}</code>",
    "a hexadecimal reference": lambda: f"<code>{'&#x200B;'.join(PARTS)}</code>",
    "a named reference": lambda: f"<code>{'&ZeroWidthSpace;'.join(PARTS)}</code>",
    "soft hyphens by name": lambda: f"<code>{'&shy;'.join(PARTS)}</code>",
    "<WBR>": lambda: f"<code>{'<WBR>'.join(PARTS)}</code>",
    "an escape in a string": lambda: 'a="' + "\\u200b".join(PARTS) + '"',
    "an escape in JSON": lambda: '<script type="application/ld+json">{"a":"' + "\\u00AD".join(PARTS) + '"}</script>',
    "an invisible sign": lambda: "<code>" + "\u2062".join(PARTS) + "</code>",
    "a variation selector": lambda: "<code>" + "\ufe0f".join(PARTS) + "</code>",
    "nested elements": lambda: "<p>" + "".join(f"<b><i>{part}</i></b>" for part in PARTS) + "</p>",
    "elements": lambda: "<pre>" + "".join(f"<b>{part}</b>" for part in PARTS) + "</pre>",
    "elements with attributes": lambda: (
        "<pre>" + "".join(f'<span class="h-{n}">{p}</span>' for n, p in enumerate(PARTS)) + "</pre>"
    ),
    "an element in the middle": lambda: f"<p>The token is {TOKEN[:80]}<mark>{TOKEN[80:90]}</mark>{TOKEN[90:]}.</p>",
    "line breaks": lambda: f"<p>{'<br>'.join(PARTS)}</p>",
    "line breaks of XHTML": lambda: f"<p>{'<br />'.join(PARTS)}</p>",
    "comments": lambda: f"<p>{'<!-- -->'.join(PARTS)}</p>",
    "line breaks and lines": lambda: "<p>" + "<br/>\n  ".join(PARTS) + "</p>",
    "elements in a string of a script": lambda: 'a="<b>' + "<\\/b><b>".join(PARTS) + '<\\/b>"',
    "elements with a prefix": lambda: "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in PARTS),
    "an element for each letter": lambda: "<p>" + "".join(f"<span>{letter}</span>" for letter in TOKEN) + "</p>",
    "elements of seven letters": lambda: (
        "<p>" + "".join(f'<i class="a">{TOKEN[at : at + 7]}</i>' for at in range(0, len(TOKEN), 7)) + "</p>"
    ),
    "a mark of direction": lambda: "<code>" + "\u202e".join(PARTS) + "</code>",
    "an isolate": lambda: "<code>" + "\u2066".join(TOKEN) + "</code>",
    "a joiner of graphemes": lambda: "<code>" + "\u034f".join(PARTS) + "</code>",
    "tags of languages": lambda: "<code>" + "\U000e0041".join(PARTS) + "</code>",
    "two marks at a time": lambda: "<code>" + "\u200b\u200d".join(PARTS) + "</code>",
    "an escape after the first letter": lambda: f'a="s\\u200b{TOKEN[1:]}"',
    "an escape in braces": lambda: 'a="' + "\\u{200b}".join(PARTS) + '"',
    "an escape of two digits": lambda: 'a="' + "\\xad".join(PARTS) + '"',
    "a reference to a mark of direction": lambda: f"<code>{'&#8238;'.join(PARTS)}</code>",
    "a mark in Markdown": lambda: "Use `" + "\u200b".join(PARTS) + "`.",
    "a mark in an attribute": lambda: '<a title="' + "\u200b".join(PARTS) + '">',
}


@pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
def test_a_token_in_pieces_of_markup_is_one_finding(write: Callable[[], str]) -> None:
    text = write()
    (finding,) = scan_text(text, "index.html").detections
    assert secret_of(finding).reveal().decode() == TOKEN
    place = text.encode()[finding.place.offset : finding.place.offset + finding.place.length]
    assert place.startswith(b"s")
    assert place.endswith(TOKEN[-1:].encode())
