"""Base64, hexadecimal, percent-encoding and UTF-16: decoded if they contain text, ignored otherwise."""

import base64
import random
import re
import uuid
from collections.abc import Callable
from typing import Final

import pytest

from frontleak.core.diagnostic import Diagnostic
from frontleak.decode.groups import readable
from frontleak.decode.interface import View
from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import BY_NAME, decode, out_of_bytes, problems, read, views

TOKEN: Final = token("tests/decode/encodings")
NOISE: Final = random.Random("encodings").randbytes(6_000)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def wasm(length: int) -> bytes:
    """Return bytes like those of WebAssembly: numbers, zeros, some names."""
    source = random.Random(f"wasm/{length}")
    parts = (
        lambda: source.randbytes(40),
        lambda: bytes(9),
        lambda: b"__wbindgen_malloc",
        lambda: b"\x20\0\x41\1\x6a" * 6,
    )
    return b"\0asm\1\0\0\0" + b"".join(source.choice(parts)() for _ in range(length // 25))


# Text without secrets -> maximum number of views.
SILENT: Final = {
    "an ordinary bundle": ('var a=function(e,t){return e.map(n=>n+t)};a([1,2],"x")' * 40, 0),
    "long names and paths": ("a/very/long/path/with-dashes/and_underscores/" * 20, 0),
    "an integrity attribute": (f'integrity="sha512-{b64(NOISE[:64])}"', 0),
    "a lock file of integrities": (
        "".join(f'"integrity": "sha512-{b64(NOISE[n : n + 64])}",\n' for n in range(200)),
        0,
    ),
    "a font": (f"src:url(data:font/woff2;base64,d09GMgABAAA{b64(NOISE)}) format('woff2')", 0),
    "an image": (f'"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b64(NOISE)}"', 0),
    "an image in percent": ("url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E\")", 1),
    "binary data that says it is base64": (f'"data:application/octet-stream;base64,{b64(NOISE)}"', 0),
    "WebAssembly": (f'wasm="{b64(wasm(60_000))}"', 1),
    "UUIDs": (",".join(f'"{uuid.UUID(bytes=NOISE[n : n + 16], version=4)}"' for n in range(300)), 0),
    "checksums": ("\n".join(NOISE[n : n + 32].hex() for n in range(300)), 0),
    "a large number": (f'BigInt("0x{NOISE[:500].hex()}")', 0),
    "the alphabet of base64": ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=" * 3, 0),
    "the mappings of a source map": ('"mappings":"' + "AAAA,SAASA,EAAYC,GAAK;" * 100 + '"', 0),
    "an address with a few escapes": ("https://example.com/a%20b?c=%2Fd%2Fe&f=%22g%22", 0),
    "a picture's data in percent": ("data:image/gif,GIF89a%01%00%01%00%80%00%00", 0),
    "a reader of what escape() writes": ('e.replace(/%u([0-9a-f]{4})/gi,(e,t)=>String.fromCharCode("0x"+t))', 0),
    "accents in what escape() writes": ('unescape("caf%u00e9 %u2013 %uD83D%uDE00 na%u00EFve %u4F60%u597D")', 0),
    "a blank in what escape() writes": ('unescape("a%u0020note%u0021")', 2),
    "numbers of four bytes": ("".join(f"{chr(65 + n % 26)}\0\0\0" for n in range(6)) + "\1\2\3", 0),
    "one letter of UTF-16 here and there": ("\0".join("sketch of a table") + "\1\2\3" * 20, 0),
}


@pytest.mark.parametrize(("text", "most"), SILENT.values(), ids=SILENT)
def test_what_is_no_encoded_text_gives_nearly_no_view_and_no_finding(text: str, most: int) -> None:
    data = text.encode("latin-1")
    kinds = [found.view.kind for found in read(data) if not isinstance(found, Diagnostic) and found.view]
    assert len([kind for kind in kinds if kind in {"base64", "hex", "percent", "utf-16", "utf-32"}]) <= most
    assert scan_text(data).detections == ()
    assert problems(data) == []


FORMS: Final[dict[str, Callable[[bytes], str]]] = {
    "base64": b64,
    "base64 without padding": lambda data: b64(data).rstrip("="),
    "base64url": lambda data: base64.urlsafe_b64encode(data).decode(),
    "base64url without padding": lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="),
    "base64 in a data: address": lambda data: f"data:text/plain;charset=utf-8;base64,{b64(data)}",
    "hex": bytes.hex,
    "hex in capitals": lambda data: data.hex().upper(),
    "hex with 0x": lambda data: "0x" + data.hex(),
    "hex with 0X": lambda data: "0X" + data.hex().upper(),
    "percent": lambda data: "".join(f"%{byte:02x}" for byte in data),
    "percent in capitals": lambda data: "".join(f"%{byte:02X}" for byte in data),
    "percent in a data: address": lambda data: "data:text/plain," + "".join(f"%{byte:02X}" for byte in data),
    "escape()": lambda data: "".join(f"%u{byte:04x}" for byte in data),
    "escape() in capitals": lambda data: "".join(f"%u{byte:04X}" for byte in data),
    "escape() of two kinds": lambda data: "".join(f"%u{n:04x}" if n % 2 else f"%{n:02X}" for n in data),
    "UTF-16, low byte first": lambda data: "\1" + data.decode("latin-1").encode("utf-16-le").decode("latin-1"),
    "UTF-16, high byte first": lambda data: "\1" + data.decode("latin-1").encode("utf-16-be").decode("latin-1"),
    "UTF-32, low byte first": lambda data: "\1" + data.decode("latin-1").encode("utf-32-le").decode("latin-1"),
    "UTF-32, high byte first": lambda data: "\1" + data.decode("latin-1").encode("utf-32-be").decode("latin-1"),
}
BEFORE: Final = {
    "nothing": "",
    "one byte": '"',
    "two bytes": '="',
    "three bytes": ':="',
    "a line": 'const client = createClient({projectId: "abcd1234", token: "',
    "a page": 'export const settings = {dataset: "production"};\n' * 90 + '"',
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_behind(form: str, before: str) -> None:
    encoded = FORMS[form](f'{before}{TOKEN}"}}'.encode())
    text = f"let x='{encoded}';".encode("latin-1")
    (finding,) = (found for found in scan_text(text).detections if found.rule_id == "sanity-token")
    assert secret_of(finding).reveal() == TOKEN.encode()
    start, end = finding.place.offset, finding.place.offset + finding.place.length
    assert text.index(encoded.encode("latin-1")) <= start < end <= len(text) - 2


@pytest.mark.parametrize("form", ["base64", "base64url", "hex", "hex in capitals"])
@pytest.mark.parametrize("mark", ["&quot;", "&#34;", "abcd&", "%22", "a:", " "])
def test_what_ends_another_run_just_before_does_not_hide_it(form: str, mark: str) -> None:
    text = f'<button onclick="f(atob({mark}{FORMS[form](TOKEN.encode())}&quot;))">'
    assert [secret_of(found).reveal().decode() for found in scan_text(text).detections] == [TOKEN]


@pytest.mark.parametrize("form", ["base64", "hex"])
@pytest.mark.parametrize("skipped", range(4))
def test_letters_that_touch_the_run_do_not_hide_it(form: str, skipped: int) -> None:
    text = "let x='" + "ab/0"[:skipped] * (form == "base64") + "a" * (skipped % 2) * (form == "hex")
    text += FORMS[form](f'let token = "{TOKEN}";'.encode()) + "'"
    assert [secret_of(found).reveal().decode() for found in scan_text(text).detections] == [TOKEN]


@pytest.mark.parametrize("form", ["base64", "hex"])
def test_text_after_what_is_no_text_is_read(form: str) -> None:
    encoded = FORMS[form](NOISE + f'{{"token":"{TOKEN}"}}'.encode() + NOISE)
    assert [secret_of(found).reveal().decode() for found in scan_text(f"x='{encoded}'").detections] == [TOKEN]


def test_encodings_of_encodings_are_read() -> None:
    text = f'{{"token":"{TOKEN}"}}'
    for form in ("base64", "percent", "percent", "percent"):
        text = FORMS[form](f"let x='{text}'".encode())
    (finding,) = scan_text(f"x='{text}'").detections
    assert finding.place.via == ("percent", "percent", "percent", "base64")
    assert problems(f"x='{text}'".encode()) == []
    text = FORMS["percent"](f"let x='{text}'".encode())
    assert scan_text(f"x='{text}'").detections == ()
    assert "encoded more than 4 times" in problems(f"x='{text}'".encode())[0]


def test_a_key_whose_first_escape_stands_alone_is_read() -> None:
    key = "-----BEGIN%20PRIVATE%20KEY-----%0AZmFrZQ%3D%3D%0A-----END%20PRIVATE%20KEY-----"
    (view,) = views(f"https://example.com/?key={key}".encode(), "percent")
    assert view.text == b"-----BEGIN PRIVATE KEY-----\nZmFrZQ==\n-----END PRIVATE KEY-----"
    assert views(b"x=BEGIN%20a;y=-----BEGIN-%20b", "percent") == []


ESCAPED: Final[dict[str, str]] = {
    "the first letter": f'unescape("%u0073{TOKEN[1:]}")',
    "the second letter": f'unescape("s%u006b{TOKEN[2:]}")',
    "a letter in the middle": f'unescape("{TOKEN[:90]}%u00{ord(TOKEN[90]):02x}{TOKEN[91:]}")',
    "the last letter": f'unescape("{TOKEN[:-1]}%u00{ord(TOKEN[-1]):02x}")',
    "a name and a value": "unescape('%u0074oken%u003d" + "".join(f"%u00{ord(letter):02x}" for letter in TOKEN) + "')",
    "a constant read later": 'const a="' + "".join(f"%u00{ord(letter):02x}" for letter in TOKEN) + '";f(unescape(a))',
    "a letter of two units before": f'unescape("%uD83D%uDE00%u0020%u0073{TOKEN[1:]}")',
    "pieces": 'unescape("{}"+"{}")'.format(
        "".join(f"%u00{ord(letter):02x}" for letter in TOKEN[:90]),
        "".join(f"%u00{ord(letter):02x}" for letter in TOKEN[90:]),
    ),
}


@pytest.mark.parametrize("text", ESCAPED.values(), ids=ESCAPED)
def test_what_escape_writes_is_read_wherever_the_escapes_stand(text: str) -> None:
    assert {secret_of(found).reveal().decode() for found in scan_text(text).detections} == {TOKEN}


def test_what_an_address_says_is_read_with_its_plain_parts() -> None:
    address = "https://example.com/a.b?q=" + FORMS["percent"](f'token="{TOKEN}"'.encode()) + "&c=d"
    (view,) = views(f"x='{address}'".encode(), "percent")
    assert view.text.endswith(f'token="{TOKEN}"&c=d'.encode())


@pytest.mark.parametrize("form", ["base64", "hex", "percent", "UTF-16, low byte first"])
def test_the_place_is_that_of_the_secret(form: str) -> None:
    before = 'settings = {dataset: "production", token: "'
    text = "let x='" + FORMS[form](f'{before}{TOKEN}", useCdn: false}}'.encode()) + "';"
    (finding,) = scan_text(text.encode("latin-1")).detections
    place = text.encode("latin-1")[finding.place.offset : finding.place.offset + finding.place.length]
    match form:
        case "base64":
            read_back = base64.b64decode(place)
        case "hex":
            read_back = bytes.fromhex(place.decode())
        case "percent":
            read_back = bytes(int(digits, 16) for digits in re.findall(rb"%(..)", place))
        case _:
            read_back = place[::2]
    assert TOKEN.encode() in read_back
    assert len(read_back) <= len(TOKEN) + 4


def test_a_run_is_read_once_however_many_secrets_it_holds() -> None:
    text = "x='" + b64("".join(f'"{token(str(n))}",' for n in range(20)).encode()) + "'"
    assert len(views(text.encode(), "base64")) == 1
    assert len(scan_text(text).detections) == 20


def test_inline_maps_are_left_to_their_decoder_and_what_is_beside_them_is_not() -> None:
    source_map = b64(f'{{"version":3,"sources":["a"],"sourcesContent":["const a = 1;"],"names":["{TOKEN}"]}}'.encode())
    line = f"//# sourceMappingURL=data:application/json;base64,{source_map}"
    assert views(f"let a=1;\n{line}\nlet b=2;".encode(), "base64") == []
    for text in (f"x='{b64(TOKEN.encode())}';\n{line}", f"{line}\nx='{b64(TOKEN.encode())}'", f'eval("{line}")'):
        assert len(views(text.encode(), "base64")) == text.count("x=")


def test_more_than_can_be_decoded_is_said() -> None:
    for name, unit in (("base64", b"c2tBYjFjZEUy"), ("hex", b"736b4162")):
        decoder = BY_NAME[name]
        view, message = decode(name, unit * (decoder.most // 3), [0])
        assert isinstance(view, View)
        assert len(view.text) == decoder.most
        assert message == out_of_bytes(decoder)


def test_a_large_run_that_is_no_text_is_no_problem() -> None:
    assert decode("base64", b64(NOISE).encode() * 2_200, range(0, 10_000_000, 9_999)) == []


def test_text_deep_in_what_is_no_text_is_read_with_what_is_near_it() -> None:
    data = NOISE * 50 + f'{{"projectId":"abcd1234","token":"{TOKEN}"}}'.encode() + NOISE * 50
    for form in ("base64", "hex"):
        found = views(f"x='{FORMS[form](data)}'".encode(), form)
        assert any(TOKEN.encode() in view.text and b'"projectId":"abcd1234"' in view.text for view in found)
        assert sum(len(view.text) for view in found) < len(data) // 10


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("base64", b"A" * 39),
        ("base64", b"A"),
        ("base64", b""),
        ("hex", b"73" * 19),
        ("hex", b"736b" * 30 + b"z"),
        ("hex", b"z" + b"736b" * 30),
        ("percent", b"%7"),
        ("percent", b"%73"),
    ],
)
def test_what_is_short_or_no_run_gives_nothing(name: str, text: bytes) -> None:
    assert decode(name, text, range(len(text))) == []


@pytest.mark.parametrize(
    ("sample", "is_readable"),
    [
        (b"const token = 1;", True),
        ("Grüße aus München".encode(), True),
        ('名前 = "你好", token = "x"'.encode(), True),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", False),
        (NOISE[:48], False),
        (b"\0\0\0\0\0\0\0\0\0\0", False),
        (b"short", False),
        (b"", False),
    ],
)
def test_text_is_told_from_other_bytes(sample: bytes, is_readable: bool) -> None:
    assert readable(sample) is is_readable
