"""The gate before a report: no run of a secret, in no encoding, at a cost in proportion."""

import base64
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.secret_gate import RUN, SecretGate, mask_runs
from frontleak.rules.samples import draw
from tests.support.growth import assert_linear
from tests.support.work import calls_made

SECRET: Final = draw("[A-Za-z0-9]{60}", "gate")
PIECE: Final = SECRET[20:40]

SILENT: Final = {
    "nothing": "",
    "code": 'createClient({projectId:"…(8)",dataset:"production",apiVersion:"2025-02-19",token:"',
    "its redacted form": f'token:"{SECRET[:4]}…({len(SECRET)} characters)"',
    "a run that is too short": f'a="{SECRET[20 : 20 + RUN - 1]}"',
    "two runs that are too short": f'a="{SECRET[20:31]}…{SECRET[31:42]}"',
    "another secret": draw("[A-Za-z0-9]{60}", "other"),
    "another in base64": base64.b64encode(draw("[A-Za-z0-9]{60}", "other").encode()).decode(),
    "other codes": "String.fromCharCode(1,2,3,104,105,106,107,108,109,110,111,112,113)",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_texts_without_a_run_stay(text: str) -> None:
    assert mask_runs(text, [SECRET.encode()]) == text


def _each(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(ord(c)) for c in text)


ENCODINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "plain": lambda text: text,
    "reversed": lambda text: text[::-1],
    "base64": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 after one byte": lambda text: base64.b64encode(b"_" + text.encode()).decode()[2:].rstrip("="),
    "base64 after two bytes": lambda text: base64.b64encode(b"__" + text.encode()).decode()[3:].rstrip("="),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 of the reversed": lambda text: base64.b64encode(text[::-1].encode()).decode().rstrip("="),
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "hex after half a byte": lambda text: f"a{text.encode().hex()}",
    "percent": _each("%{:02x}"),
    "entities": _each("&#{};"),
    "hexadecimal entities": _each("&#x{:X};"),
    "hexadecimal escapes": _each("\\x{:02x}"),
    "unicode escapes": _each("\\u{:04x}"),
    "unicode escapes in braces": _each("\\u{{{:x}}}"),
    "octal escapes": _each("\\{:o}"),
    "escaped escapes": _each("\\\\x{:02x}"),
    "escapes between": lambda text: "".join(f"\\x{ord(c):02x}" if at % 3 else c for at, c in enumerate(text)),
    "character codes": lambda text: ",".join(str(ord(c)) for c in text),
    "hexadecimal character codes": lambda text: ", ".join(hex(ord(c)) for c in text),
    "bare hexadecimal codes": lambda text: " ".join(f"{ord(c):x}" for c in text),
}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_a_run_is_masked_in_every_encoding(encode: Callable[[str], str]) -> None:
    shown = mask_runs(f'a("{encode(PIECE)}",b)', [SECRET.encode()])
    assert shown.startswith('a("')
    assert shown.endswith('",b)')
    assert len(shown.replace("a", "")) <= len('("…",b)') + 3  # at most half a group of base64 or hex stays


@given(st.integers(0, len(SECRET) - RUN), st.integers(RUN, 30), st.sampled_from(sorted(ENCODINGS)))
def test_any_run_is_masked(start: int, length: int, encoding: str) -> None:
    piece = SECRET[start : start + length]
    encoded = ENCODINGS[encoding](piece)
    shown = mask_runs(f"({encoded})", [b"other" * 5, SECRET.encode()])
    assert "…" in shown
    assert len(shown) <= len("(…)") + 4


def test_the_prefix_that_all_secrets_of_a_kind_have_may_be_shown() -> None:
    address = "https://hooks.example.com/services/"
    value = f"{address}{PIECE}".encode()
    assert mask_runs(f"{address} a", [value]) == "… a"
    gate = SecretGate([(value, len(address))])
    assert gate.mask(f"{address} a") == f"{address} a"
    assert gate.mask(f"{address}{PIECE}") == f"{address}…"


def test_a_short_secret_is_masked_as_a_whole() -> None:
    gate = SecretGate([(b"hunter2!", 0), (b"abc", 0)])
    assert gate.mask('a="hunter2!"') == 'a="…"'
    assert gate.mask('a="hunter2"') == 'a="hunter2"'
    assert gate.mask('a="abc"') == 'a="abc"'


def test_a_secret_that_is_no_text_is_masked_too() -> None:
    value = "pässwörter-über-alles".encode()
    assert mask_runs("a pässwörter-über-alles", [value]) == "a …"
    assert mask_runs(f"a {value.hex()}", [value]) == "a …"
    mask_runs("a", [b"\xff" * 20])


@given(st.text(max_size=200), st.lists(st.binary(max_size=40), max_size=4))
def test_any_text_and_any_secret_can_be_read(text: str, secrets: list[bytes]) -> None:
    assert len(mask_runs(text, secrets)) <= len(text)


HOSTILE: Final = ("\\", "1,", "a1", "%4", "&#", "…", "\\x41", "ab+/", "0x", "A" * 6)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    secrets = [b"A" * 100, SECRET.encode()]
    assert_linear(lambda size: mask_runs(piece * (size // len(piece)), secrets), 8_000)


def test_many_secrets_take_time_in_proportion() -> None:
    """Even if all have the same pieces, and texts hold them."""

    def run(size: int) -> None:
        gate = SecretGate((b"A" * 40 + str(number).encode(), 0) for number in range(size))
        for number in range(size):
            gate.mask(f"{'A' * 20} {number}")

    assert_linear(run, 500)


def test_like_texts_of_a_blob_are_looked_at_once() -> None:
    gate = SecretGate([(SECRET.encode(), 0)])
    texts = [f'token:"{number:04}…(180 characters)",next:"{number % 10}…' for number in range(1000)]
    once = calls_made(lambda: gate.mask(texts[0]))
    assert calls_made(lambda: [gate.mask(text) for text in texts]) < 1000 * once / 2


UNUSUAL = {"signs": "p@ss.w0rd:(x)=[y]!", "another script": "пароль-длинный-очень", "blanks": "a pass phrase of words"}


@pytest.mark.parametrize("secret", UNUSUAL.values(), ids=UNUSUAL)
def test_a_secret_of_unusual_characters_is_masked_too(secret: str) -> None:
    gate = SecretGate([(secret.encode(), 0), (SECRET.encode(), 2)])
    for text in (f'a("{secret}")', f"\u0436{secret}", secret[::-1]):
        masked = gate.mask(text)
        assert not any(secret[at : at + RUN] in masked or secret[::-1][at : at + RUN] in masked for at in range(8))
    assert gate.mask('tokens[12]["a b"].token') == 'tokens[12]["a b"].token'
