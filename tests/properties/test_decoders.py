"""No bytes make a decoder fail, every span of every view maps back to its origin, and the decode budget is kept.

Real texts are mutated: cut, duplicated, swapped, with flipped bytes and inserted marks. One Hypothesis example is a seed
for a batch of mutated texts, so that ten thousand of them take seconds; a failure names decoder, text and offsets.
"""

import base64
import html
import itertools
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.budget import WorkBudget
from frontleak.core.diagnostic import Diagnostic
from frontleak.decode import views as readings
from frontleak.decode.interface import (
    MOST_RESULTS,
    REACH,
    DecodeFunction,
    Decoder,
    Piece,
    Request,
    SpanMap,
    View,
    whole,
)
from frontleak.decode.payloads.html import page_read
from frontleak.decode.unescaped import unescaped_segments
from frontleak.decode.views import MOST_LEVELS, MOST_VIEWS, DecodedText, decode_all
from frontleak.js.escapes import ESCAPE, read_escape
from frontleak.match.engine import EngineResult
from frontleak.rules.load import load_data
from tests.support.paths import ROOT
from tests.support.shipped import full_engine
from tests.support.views import BY_NAME, ORIGIN, out_of_bytes, out_of_work, read, request

BATCH: Final = 70
"""Mutated texts per example."""
EXAMPLES: Final = 145
LONGEST: Final = 1_200
"""Size in bytes of a text before it is mutated."""

TOKEN: Final = "skFake0123456789FakeFakeFake0123456789FakeFake"


# --- texts -----------------------------------------------------------------------------------------------------------


def _snippet(path: str, mark: bytes) -> bytes:
    data = (ROOT / "fixtures" / path).read_bytes()
    start = max(0, data.index(mark) - 200)
    return data[start : start + LONGEST]


def _texts() -> Iterator[bytes]:
    for tool in ("terser", "obfuscator-low", "obfuscator-high"):
        for code in json.loads((ROOT / f"tests/matrix/outputs/{tool}.json").read_text("utf-8")).values():
            yield code.encode()[:LONGEST]
    yield _snippet("next-export/out/index.html", b"self.__next_f.push")
    yield _snippet("next14-export/out/long.html", b"self.__next_f.push([1,")
    yield _snippet("next-export/out/index.txt", b":")
    yield _snippet("nuxt/.output/public/200.html", b"__NUXT")
    yield _snippet("sveltekit/build/prerendered/server-load/__data.json", b'"nodes"')
    yield _snippet("react-router/build/client/editor/index.html", b"streamController.enqueue")
    yield _snippet("react-router/build/client/editor.data", b"[")
    yield _snippet("next-app/.next/server/app/action.html", b"&quot;")
    yield _snippet("webpack-devtools/dist/eval-source-map/main.js", b"eval(")
    yield b'eval("var a = \\"b\\";\\nconst t=\\"' + TOKEN.encode() + b'\\"\\n");eval(`a${"\\n"}b`);' * 3
    said = f'{{"projectId":"abcd1234","token":"{TOKEN}"}}'.encode() * 3
    yield b"x='" + base64.b64encode(said) + b"',y=`" + base64.urlsafe_b64encode(b"?" + said) + b"`"
    yield b"x='" + said.hex().encode() + b"',y=0x" + said.hex().upper().encode()
    yield (
        b"x='"
        + b"".join(b"%%%02X" % byte for byte in said)
        + b"';url(data:text/plain,"
        + said.replace(b'"', b"%22")
        + b")"
    )
    yield b"\1\2\3" + said.decode().encode("utf-16-le") + b"\xff" + said.decode().encode("utf-16-be") + b"\1"
    yield (
        b"x='"
        + b"".join(b"\\x%02x" % byte for byte in said)
        + b"',y='"
        + b"".join(b"\\u{%x}" % byte for byte in said)
        + b"'"
    )
    yield (
        b"<a b='" + b"".join(b"&#%d;" % byte for byte in said) + b"' c='" + html.escape(said.decode()).encode() + b"'>"
    )
    yield (
        b'<script id="__NUXT_DATA__">[["Reactive",1],{"a":2,"b":[3,4]},"' + TOKEN.encode() + b'","x",{"c":2}]</script>'
    )
    yield b'{"type":"data","nodes":[{"type":"data","data":[{"a":1,"b":2},"' + TOKEN.encode() + b'",[1,2]]}]}'
    yield b'[{"_1":2,"_3":4},"projectId","abcd1234","token","' + TOKEN.encode() + b'"]\n'
    yield b"<script>" + b"".join(
        b'self.__next_f.push([1,"' + part + b'"])</script><script>'
        for part in (b'0:[\\"sk', b"Fake\\\\n\\", b'"]\\n', b"")
    )
    source_map = json.dumps({"version": 3, "sources": ["a.ts"], "sourcesContent": ['f("a"+`b${c}`);\n' * 9]}).encode()
    yield source_map
    yield b"//# sourceMappingURL=data:application/json;base64," + base64.b64encode(source_map)


def _examples() -> Iterator[bytes]:
    """Yield the examples of every decoder in rules/triggers.yaml."""
    for entry in load_data("triggers.yaml").values():
        yield from (example["text"].encode("latin-1") for example in entry["examples"])


TEXTS: Final = (*_texts(), *_examples())
_MARKS: Final = (
    *(
        b"\0",
        b'"',
        b"'",
        b"`",
        b"${",
        b"(",
        b")",
        b"[",
        b"]",
        b"{",
        b"}",
        b"\\",
        b'\\"',
        b"\\\\",
        b"\n",
        b",",
        b";",
        b":",
    ),
    *(
        b"+",
        b"=",
        b"=>",
        b"/",
        b"/*",
        b"//",
        b"%",
        b"%4",
        b"&#",
        b"&#x",
        b";",
        b"\xff",
        b"\xc3",
        b"\\u",
        b"\\x4",
        b"\\u{",
    ),
    *(
        b"-1",
        b"1e999",
        b"99999999999999999999",
        b"null",
        b'"])',
        b"</script>",
        b"atob(",
        b".join(",
        b".repeat(",
        b"eval(`",
    ),
)


def mutated(rng: random.Random, text: bytes) -> bytes:
    """Return a text with one to five mutations."""
    data = bytearray(text)
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(data) + 1)
        length = rng.choice((1, 1, 2, 9, 60))
        match rng.randrange(7):
            case 0:
                del data[at:]
            case 1:
                del data[:at]
            case 2:
                data[at : at + 1] = bytes((rng.randrange(256),))
            case 3:
                data[at:at] = data[at : at + length] * rng.randint(1, 3)
            case 4:
                other = rng.randrange(len(data) + 1)
                first, second = data[at : at + length], data[other : other + length]
                data[at : at + length] = second
                data[other : other + length] = first
            case 5:
                data[at : at + rng.choice((0, 0, 1, 20))] = rng.choice(_MARKS)
            case _:
                donor = rng.choice(TEXTS)
                start = rng.randrange(len(donor))
                data[at:at] = donor[start : start + length]
    return bytes(data[: LONGEST * 2])


def asked(rng: random.Random, text: bytes) -> dict[str, list[int]]:
    """Return, per decoder, the offsets of its triggers and some other offsets."""
    offsets: dict[str, set[int]] = {name: set() for name in rng.sample(sorted(BY_NAME), 2)}
    for name, found in full_engine().scan(text).triggers.items():
        if name in BY_NAME:  # the others are for code analysis
            offsets.setdefault(name, set()).update(found)
    for places in offsets.values():
        places.update(rng.randrange(len(text) + 1) for _ in range(rng.choice((0, 1, 5))))
    return {name: sorted(places) for name, places in offsets.items() if places}


# --- spans -----------------------------------------------------------------------------------------------------------


def _base64(stretch: bytes) -> bytes:
    text = stretch.translate(bytes.maketrans(b"-_", b"+/"))
    text = text[: len(text) - (len(text) % 4 == 1)]
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _percent(stretch: bytes) -> bytes:
    """Decode percent escapes, and the UTF-16 units that `escape()` writes."""
    escapes = rb"%u([dD][89abAB][0-9a-fA-F]{2})%u([dD][c-fC-F][0-9a-fA-F]{2})|%u([0-9a-fA-F]{4})|%[0-9a-fA-F]{2}"

    def value(match: "re.Match[bytes]") -> bytes:
        units = bytes.fromhex(b"".join(group or b"" for group in match.groups()).decode())
        return units.decode("utf-16-be", "replace").encode("utf-8", "replace") or unquote_to_bytes(match.group())

    return re.sub(escapes, value, stretch)


BYTE_FOR_BYTE: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "flight": lambda stretch: unescaped_segments(stretch, ((0, len(stretch)),)).text,
    "html-entity": lambda stretch: page_read(stretch, ((0, len(stretch)),)).text,
    "escapes": lambda stretch: ESCAPE.sub(read_escape, stretch),
    "eval": lambda stretch: ESCAPE.sub(read_escape, stretch),
    "percent": _percent,
    "base64": _base64,
    "hex": lambda stretch: bytes.fromhex(stretch.decode()),
    "utf-16": lambda stretch: stretch[::2],
}
"""Kind of view -> reference decoder for a span of the original text."""


def check_home(view: View, text: bytes, rng: random.Random) -> None:
    """Check that spans of a view map back to their original text."""
    for _ in range(6):
        start = rng.randrange(len(view.text))
        end = rng.randint(start + 1, min(len(view.text), start + rng.choice((1, 2, 30, 5_000))))
        first, last = view.spans.origin_span(start, end)
        assert 0 <= first < last <= len(text), "outside of the text"
        for part in (view.spans.origin_span(start, start + 1), view.spans.origin_span(end - 1, end)):
            assert first <= part[0] < part[1] <= last, "not in order"
        read = BYTE_FOR_BYTE.get(view.kind)
        if read and view.kind != "flight":
            made = view.text[start:end]
            if view.kind == "html-entity":  # a cut can turn text that resembles a reference into one
                made, first, last = view.text[start : start + 1], *view.spans.origin_span(start, start + 1)
            assert made == text[first:last] or made in read(text[first:last]), "something else"
        elif read:
            single = view.spans.origin_span(start, start + 1)
            assert view.text[start : start + 1] in read(text[slice(*single)]), "something else"


def decoded(stretch: bytes, kinds: Sequence[str]) -> Iterator[bytes]:
    """Yield the possible decodings of a span; a group decoding may have a few extra bytes at both ends."""
    if not kinds:
        yield stretch
        return
    for first in range(3):
        for last in range(len(stretch), len(stretch) - 3, -1):
            try:
                inner = BYTE_FOR_BYTE[kinds[0]](stretch[first:last])
            except ValueError:
                continue
            yield from decoded(inner, kinds[1:])


def check(name: str, text: bytes, offsets: Sequence[int], rng: random.Random) -> int:
    """Run a decoder, check its views, and return their number."""
    views = 0
    for found in BY_NAME[name].read(request(text, offsets, WorkBudget())):
        if isinstance(found, str):
            assert found
            assert not found.endswith(".")
            continue
        if found.text:
            views += 1
            check_home(found, text, rng)
            if found.labels:
                assert isinstance(found.labels(rng.randrange(len(found.text))), str)
    return views


# --- (a) and (b) -----------------------------------------------------------------------------------------------------


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 1 << 32))
def test_mutated_texts_break_no_decoder_and_every_view_leads_home(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(BATCH):
        text = mutated(rng, rng.choice(TEXTS))
        for name, offsets in asked(rng, text).items():
            try:
                check(name, text, offsets, rng)
            except Exception as error:
                raise AssertionError(f"{name}, {offsets!r}, {text!r}") from error


def test_the_texts_do_give_views() -> None:
    """The property above is not vacuous: every decoder makes views of the unmutated texts."""
    rng = random.Random(0)
    made = dict.fromkeys(BY_NAME, 0)
    for text in TEXTS:
        for name, offsets in full_engine().scan(text).triggers.items():
            if name in BY_NAME:
                made[name] += check(name, text, offsets, rng)
    silent = {name for name, count in made.items() if not count}
    assert silent == set()
    mutations = random.Random(1)
    changed = sum(mutated(mutations, text) != text for text in TEXTS for _ in range(20))
    assert changed > 19 * len(TEXTS)


@settings(max_examples=40)
@given(st.integers(0, 1 << 32))
def test_readings_of_readings_lead_home(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(6):
        text = mutated(rng, rng.choice(TEXTS)) if rng.random() < 0.5 else rng.choice(TEXTS)
        text = text[:700]
        kinds = rng.choices(("base64", "hex", "percent", "escapes", "html-entity", "utf-16"), k=rng.randint(1, 2))
        for kind in kinds:
            text = b"const a='" + _WRITTEN[kind](text) + b"';"
        for found in read(text):
            if isinstance(found, Diagnostic):
                continue
            start = rng.randrange(max(1, len(found.text)))
            end = min(len(found.text), start + rng.choice((1, 20, 200)))
            if not found.kinds or start >= end:
                continue
            first, last = found.origin_span(start, end)
            assert 0 <= first < last <= len(text)
            assert isinstance(found.label(start), str)
            if all(kind in BYTE_FOR_BYTE and kind != "flight" for kind in found.kinds):
                assert any(found.text[start:end] in way for way in decoded(text[first:last], found.kinds)), found.kinds


_WRITTEN: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "base64": base64.b64encode,
    "hex": lambda text: text.hex().encode(),
    "percent": lambda text: b"".join(b"%%%02X" % byte for byte in text),
    "escapes": lambda text: b"".join(b"\\x%02x" % byte for byte in text),
    "html-entity": lambda text: b"".join(b"&#%d;" % byte for byte in text),
    "utf-16": lambda text: b"\1" + text.decode("latin-1").encode("utf-16-le"),
}


# Regressions: decoder, text, offsets.
FOUND: Final[Mapping[str, tuple[str, bytes, Sequence[int]]]] = {
    "lists as deep as the stack": (
        "js-string",
        b"token:" + b"[" * 1_900 + b'"ghp_a1b2c3"' + b"]" * 1_900 + b'+"d4"',
        (0,),
    ),
    "a number beyond a float": ("js-string", b'token:"ghp_a1b2"+(0x' + b"f" * 400 + b"+1.5)", (0, 6)),
    "a class with a meaning to come": ("js-string", b'token:"ghp_a1b2".replace(/[a||b--c&&d~~e]/g,"")+"c3"', (0, 6)),
    "a sum before what it names": (
        "js-string",
        b'x={token:b+"|"+"skAb1cdE2fghIj3l"+"m4"+":q"};y="skAb1cdE2fghIj3lm4"',
        (3, 9),
    ),
    "a sum after what it names": (
        "js-string",
        b'const b="x1:y2",a="skAb1cdE2fghIj3l";x={token:b+"|"+a+":q"}',
        (15, 40),
    ),
    "a run that begins shortly after another": (
        "base64",
        b"['apply','c2tMMjNjZ0UwVHJTVDJZUmZsYWpIMDd4dFh6c3']",
        (4, 6),
    ),
    "a run after a run in hex": ("hex", b"ab 736b6d3645354a74753941536861525956756c6b66417366", (0, 1)),
    "a text as wide as all there is": (
        "js-string",
        b'token:"ghp_a".repeat(9999).replace(/a/g,"b".repeat(60000))+"c1"',
        (0,),
    ),
}


@pytest.mark.parametrize(("name", "text", "offsets"), FOUND.values(), ids=FOUND)
def test_what_once_failed_does_not(name: str, text: bytes, offsets: Sequence[int]) -> None:
    check(name, text, offsets, random.Random(0))
    for place in range(0, len(text), max(1, len(text) // 40)):
        check(name, text, (place,), random.Random(0))


# --- (c) -------------------------------------------------------------------------------------------------------------


def _always(text: bytes | memoryview) -> EngineResult:
    """Report a trigger in any text."""
    return EngineResult(matches=(), triggers={"toy": (0,)})


def _decoder(function: DecodeFunction) -> Decoder:
    return Decoder("toy", function, "toys")


def _toy(made: Iterable[bytes]) -> Decoder:
    """Return a decoder that makes the same views of any text, without the kit."""

    def decode(request: Request) -> Iterator[View | str]:
        text = request.text
        for part in made:
            yield View(kind="toy", text=part, spans=whole(len(part), 0, len(text)))

    return _decoder(decode)


def split(data: bytes, decoder: Decoder) -> tuple[list[DecodedText], list[str]]:
    found = list(decode_all(data, _always(data), _always, (decoder,), ORIGIN))
    return [one for one in found if isinstance(one, DecodedText)], [
        one.message for one in found if isinstance(one, Diagnostic)
    ]


def test_depth_is_capped() -> None:
    readings_made, reasons = split(b"x", _toy([b"x"]))
    assert [len(reading.kinds) for reading in readings_made] == list(range(MOST_LEVELS + 1))
    assert reasons == [f"holds text encoded more than {MOST_LEVELS} times; the innermost text was not decoded"]


def test_the_number_of_views_is_capped() -> None:
    readings_made, reasons = split(b"x", _toy([b"x"] * (MOST_VIEWS * 2)))
    assert len(readings_made) <= MOST_VIEWS + 1
    assert reasons == ["holds too many encoded parts; the rest was not decoded"]
    readings_made, _ = split(b"x", _toy([b"x"] * 20))
    assert len(readings_made) <= MOST_VIEWS + 1


def test_the_size_of_views_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST_BYTES", 10_000)
    readings_made, reasons = split(b"x", _toy([b"x" * 3_000] * 9))
    assert [len(reading.text) for reading in readings_made] == [1, 3_000, 3_000, 3_000]
    assert reasons == ["holds too many encoded parts; the rest was not decoded"]


def test_views_of_nothing_do_not_count() -> None:
    readings_made, reasons = split(b"x", _toy([b""] * (MOST_VIEWS * 2)))
    assert len(readings_made) == 1
    assert reasons == []


@pytest.mark.parametrize("found", ["a", View(kind="toy", text=b"", spans=whole(0, 0, 1))], ids=["messages", "nothing"])
def test_a_decoder_without_end_is_cut(found: View | str) -> None:
    asked_for = itertools.count()

    def decode(_request: Request) -> Iterator[View | str]:
        for _ in asked_for:
            yield found

    _, messages = split(b"x", _decoder(decode))
    assert messages == [*({found} if isinstance(found, str) else ()), out_of_work("toys")]
    assert next(asked_for) <= MOST_RESULTS + 1


def test_a_decoder_that_makes_too_much_of_a_text_is_cut() -> None:
    asked_for = itertools.count()
    toy = _toy(b"x" * 30 for _ in asked_for)._replace(most=100)
    made = list(toy.read(Request(b"x", [0], WorkBudget())))
    assert [len(found.text) for found in made if isinstance(found, View)] == [30, 30, 30, 10]
    assert made[-1] == out_of_bytes(toy)
    assert next(asked_for) == 4
    assert len(list(toy._replace(most=90).read(Request(b"x", [0], WorkBudget())))) == 5
    within = list(_toy([b"x" * 30] * 3)._replace(most=90).read(Request(b"x", [0], WorkBudget())))
    assert [type(found) for found in within] == [View] * 3


def test_a_decoder_that_works_too_much_is_cut() -> None:
    def decode(request: Request) -> Iterator[View | str]:
        while True:
            request.budget.spend(1_000)
            if request.budget.left < 0:
                yield "never"

    assert list(_decoder(decode).read(Request(b"x", [0], WorkBudget()))) == [out_of_work("toys")]


def test_a_mistake_in_a_decoder_ends_the_scan_of_the_file_and_no_view_is_made_after_it() -> None:
    def decode(_: Request) -> Iterator[View | str]:
        yield View(kind="toy", text=b"x", spans=whole(1, 0, 1))
        raise ValueError("a mistake")

    found = decode_all(b"x", _always(b"x"), _always, (_decoder(decode),), ORIGIN)
    assert isinstance(next(found), DecodedText)
    with pytest.raises(ValueError, match="a mistake"):
        next(found)
    assert list(found) == []


def test_views_made_before_a_cap_are_still_read() -> None:
    """A file with too many encoded parts does not hide the secrets in the first of them."""

    def decode(request: Request) -> Iterator[View | str]:
        if request.text == b"x":
            for number in range(MOST_VIEWS + 9):
                text = b"view %d" % number
                yield View(kind="toy", text=text, spans=whole(len(text), 0, 1))

    readings_made, _ = split(b"x", _decoder(decode))
    assert [reading.text for reading in readings_made[1:]] == [b"view %d" % number for number in range(MOST_VIEWS)]


def test_what_a_view_claims_goes_to_no_later_decoder() -> None:
    asked: list[tuple[list[int], list[tuple[int, int]]]] = []

    def claiming(request: Request) -> Iterator[View | str]:
        if len(request.text) == 1_000:
            yield View(kind="toy", text=b"x", spans=whole(1, 300, 900), claims=(300, 900))

    def later(request: Request) -> Iterator[View | str]:
        asked.append((list(request.offsets), list(request.claims)))
        yield from ()

    result = EngineResult(matches=(), triggers={name: range(0, 1_000, 50) for name in ("later", "toy")})
    decoders = (Decoder("toy", claiming, "toys"), Decoder("later", later, "toys"))
    list(decode_all(b"a" * 1_000, result, lambda _: result, decoders, ORIGIN))
    # a trigger begins up to REACH bytes after its offset
    before_and_after = [*range(0, 300, 50), *range(900 - REACH, 1_000, 50)]
    assert asked[0] == (before_and_after, [(300, 900)])


def test_a_message_is_said_once_however_often_a_decoder_repeats_it() -> None:
    def decode(request: Request) -> Iterator[View | str]:
        text = request.text
        if len(text) > 3:
            yield View(kind="toy", text=text[2:], spans=SpanMap((Piece(0, 2, len(text)),), len(text) - 2))
        yield f"is odd after {len(text)}"
        yield "is odd"

    assert split(b"abcdef", _decoder(decode))[1] == ["is odd after 6", "is odd", "is odd after 4", "is odd after 2"]


def test_one_budget_is_handed_to_every_decoder_of_a_file() -> None:
    seen: list[WorkBudget] = []

    def decode(request: Request) -> Iterator[View | str]:
        text = request.text
        seen.append(request.budget)
        if len(text) > 1:
            yield View(kind="toy", text=text[1:], spans=whole(len(text) - 1, 1, len(text)))

    split(b"abc", _decoder(decode))
    assert len(seen) == 3
    assert len(set(map(id, seen))) == 1


def test_a_span_map_answers_for_pieces_in_any_order() -> None:
    swapped = SpanMap((Piece(0, 10, 13), Piece(3, 2, 5), Piece(6, 7, 8)), 9)
    assert swapped.origin_span(0, 3) == (10, 13)
    assert swapped.origin_span(1, 2) == (11, 12)
    assert swapped.origin_span(0, 6) == (4, 11)
    assert swapped.origin_span(7, 8) == (7, 8)
    for start in range(9):
        for end in range(start + 1, 10):
            first, last = swapped.origin_span(start, end)
            assert first < last
