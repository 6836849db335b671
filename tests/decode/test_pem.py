"""Private keys in pieces: what is read, and what only looks like a key."""

import base64
import random
from collections.abc import Callable, Sequence
from typing import Final

import pytest

from tests.support.made import one_detection, scan_text
from tests.support.views import views

BYTES: Final = random.Random("tests/decode/pem")
PKCS8: Final = bytes.fromhex("308204be020100300d06092a864886f70d0101010500048204a8") + BYTES.randbytes(1192)
"""The head of an RSA key by RFC 5208, then noise."""
ED25519: Final = bytes.fromhex("302e020100300506032b657004220420") + BYTES.randbytes(32)
BEGIN, END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


def folded(data: bytes = PKCS8, width: int = 64) -> list[str]:
    text = base64.b64encode(data).decode()
    return [text[at : at + width] for at in range(0, len(text), width)]


LINES: Final = [BEGIN, *folded(), END]
NOISE: Final = folded(BYTES.randbytes(1200))

SILENT: Final = {
    "the two lines alone": f"{BEGIN}\n{END}",
    "a library's names of them": f'const b="{BEGIN}",e="{END}";return b+"\\n"+x.match(/.{{1,64}}/g).join("\\n")+"\\n"+e',
    "an END line after prose": "Paste the text of your private key here, with all lines up to and including this one:\n"
    * 3
    + END,
    "an END line after a value": f"TOKEN=encrypted:{''.join(NOISE[:5])}\n{END}",
    "an END line after a certificate": "-----BEGIN CERTIFICATE-----\n"
    + "\n".join(NOISE)
    + "\n-----END CERTIFICATE-----\n"
    + END,
    "a public key": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
    + "\n".join(NOISE)
    + "\n-----END PUBLIC KEY-----",
    "the head of a key, shortened": f"{BEGIN}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n{END}",
    "a template": f"{BEGIN}\n" + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n" * 10 + END,
    "a template to fill": f'["{BEGIN}", body.slice(0,64), "{END}"].join("\\n")',
    "a certificate's letters in a list": '["' + '","'.join(NOISE) + '"]',
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_no_key_is_not_reported(text: str) -> None:
    assert scan_text(text).detections == ()


def quoted(lines: Sequence[str], joint: str = ", ") -> str:
    return joint.join(f'"{line}"' for line in lines)


PIECES: Final[dict[str, Callable[[], str]]] = {
    "without its BEGIN line": lambda: "\n".join(LINES[1:]),
    "without its BEGIN line and the first lines": lambda: "\n".join(LINES[4:]),
    "without its END line": lambda: "\n".join(LINES[:-1]) + "\nOTHER=1",
    "without either line": lambda: "\n".join(LINES[1:-1]) + "\nOTHER=1",
    "on one line, without either": lambda: f"PRIVATE_KEY={''.join(LINES[1:-1])}",
    "short, without either": lambda: f'k("{base64.b64encode(ED25519).decode()}")',
    "escaped line ends, without either": lambda: 'k = begin + "\\n' + "\\n".join(LINES[1:-1]) + '\\n" + end',
    "one line between escaped line ends": lambda: "k = `${begin}\\n" + "".join(LINES[1:-1]) + "\\n${end}`",
    "percent-encoded line ends, without either": lambda: "k=%0A" + "".join(LINES[1:-1]) + "%0A",
    "a list that is joined": lambda: f'key = [{quoted(LINES)}].join("\\n")',
    "a list over lines": lambda: "key = [\n  " + ",\n  ".join(f"'{line}'" for line in LINES) + ",\n].join('\\n')",
    "a list without its BEGIN line": lambda: f'key = head + [{quoted(LINES[1:])}].join("\\n")',
    "joined over lines": lambda: "key = " + " +\n    ".join(f'"{line}\\n"' for line in LINES),
    "joined by the sign in front": lambda: "key = " + "\n  + ".join(f"'{line}\\n'" for line in LINES),
    "joined by concat": lambda: (
        f'key = "{LINES[0]}\\n".concat(' + ").concat(".join(f'"{line}\\n"' for line in LINES[1:]) + ")"
    ),
    "appended": lambda: f'let key = "{LINES[0]}\\n";\n' + "\n".join(f'key += "{line}\\n";' for line in LINES[1:]),
    "continued with backslashes": lambda: 'key = "' + "\\n\\\n".join(LINES) + '"',
    "an indented template": lambda: "key = `\n" + "\n".join(f"{' ' * 12}{line}" for line in LINES) + "\n`",
    "a block of YAML": lambda: "key: |\n" + "\n".join(f"        {line}" for line in LINES),
    "a comment": lambda: "/*\n" + "\n".join(f" * {line}" for line in LINES) + "\n */",
    "comments of lines": lambda: "\n".join(f"// {line}" for line in LINES) + "\n",
    "comments of a script": lambda: "\n".join(f"#   {line}" for line in LINES) + "\n",
    "quoted mail": lambda: "\n".join(f"> {line}" for line in LINES) + "\n",
    "HTML lines": lambda: "<pre>" + "<br>\n".join(LINES) + "</pre>",
    "elements": lambda: "".join(f"<div>{line}</div>" for line in LINES),
    "JSON in a string": lambda: '{"a":"[' + ",".join(f'\\"{line}\\"' for line in LINES) + ']"}',
    "lines with blanks and CRLF": lambda: "\r\n".join(f"{line}  " for line in LINES),
    "many blanks between lines": lambda: ("\n" + " " * 20).join(LINES),
}


@pytest.mark.parametrize("write", PIECES.values(), ids=PIECES)
def test_a_key_in_pieces_is_one_finding(write: Callable[[], str]) -> None:
    assert one_detection(write()).rule_id == "private-key"


def test_a_key_that_a_rule_reads_has_no_view() -> None:
    for text in ("\n".join(LINES), "\\n".join(LINES), "\\\\n".join(LINES)):
        assert views(text.encode(), "pem") == []
        assert one_detection(text).rule_id == "private-key"


def test_the_place_covers_the_key_and_no_more() -> None:
    text = "before\n" + ",".join(f'"{line}"' for line in LINES) + "\nafter"
    place = one_detection(text).place
    covered = text[place.offset : place.offset + place.length]
    assert covered.startswith((BEGIN, LINES[1]))
    assert covered.endswith((END, LINES[-2]))
    assert place.line == 2


def test_the_view_holds_the_letters_of_the_key() -> None:
    (view,) = views(", ".join(f"'{line}'" for line in LINES).encode(), "pem")
    assert base64.b64decode(view.text.split(b"-----")[2]) == PKCS8
