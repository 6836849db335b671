"""A report shows code, never values: what stays readable, and what does not, wherever a window begins."""

import base64
import itertools
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from frontleak.core.elide import Syntax, elide_around, elide_line, syntax_of
from frontleak.core.secret_gate import RUN, mask_runs
from tests.support.growth import assert_linear

READABLE: Final = {
    Syntax.CODE: (
        "const client = createClient({token: process.env.SANITY_WRITE_TOKEN, useCdn: false})",
        "import {client} from '../lib/sanity'",
        "import RsvpForm from '@/components/RsvpForm'",
        "import { sanityClient } from 'sanity:client';",
        "const {readFile} = require('node:fs'), lazy = await import('./views/[slug].vue')",
        "headers: {Authorization: `Bearer ${process.env.NEXT_PUBLIC_SANITY_TOKEN}`,",
        "'process.env.SANITY_AUTH_TOKEN': JSON.stringify(process.env.SANITY_AUTH_TOKEN),",
        "export default createClient({ ...config, useCdn: false, token })",
        "token: process.env['SANITY_TOKEN'] ?? Constants.expoConfig?.extra?.sanityWriteToken,",
        "new webpack.EnvironmentPlugin(['SANITY_FETCH_TOKEN']), envPrefix: ['VITE_'],",
        "return <DraftList initial={drafts} token={token} />",
        "const sold = (id: string) => sanity.withConfig({ token: EDITOR_TOKEN }).patch(id).dec({ stock: 1 })",
        "{dataset:\"production\",apiVersion:'2025-02-19',method:`POST`}",
        "ko=e((e=>{var t=S",
        "'use client'",
        "a!.b!=c!==d&&(e as F)!,g!;return!h||typeof!i;@Input() j",
        "this.configuration2.clientFactory.withConfig2(this.sanityClient.options)",
        "",
    ),
    Syntax.SETTINGS: (
        "[build.environment]",
        "SANITY_TOKEN=",
        "  env:",
        "ENV SANITY_TOKEN=",
        "apiVersion: 2025-02-19",
        "NEXT_PUBLIC_SANITY_TOKEN: ${{ secrets.SANITY_TOKEN }}",
        "export SANITY_TOKEN=$OTHER_TOKEN",
    ),
    Syntax.MARKUP: (
        "<Reservation client:idle guests={4} token={import.meta.env.SANITY_API_TOKEN} />",
        '<script type="" defer="">window.createClient({token:"", dataset:"production"',
    ),
}


@pytest.mark.parametrize(
    ("line", "syntax"),
    [(line, syntax) for syntax, lines in READABLE.items() for line in lines],
    ids=lambda value: str(value)[:40],
)
def test_code_without_values_stays_as_it_is(line: str, syntax: Syntax) -> None:
    assert elide_line(line, syntax) == line


ELIDED: Final = {
    "a literal": (Syntax.CODE, "a = 'short1', b = \"\"", "a = '…(6)', b = \"\""),
    "a comment": (Syntax.CODE, "import {a} from './b' // what writes", "import {a} from './b' // …(11)"),
    "a comment of many lines": (Syntax.CODE, "a /* pass word */ (b)", "a /* …(10)*/ (b)"),
    "a line of a comment": (Syntax.CODE, " * my password is hunter2", " * …(22)"),
    "a line that ends a comment": (Syntax.CODE, "my password */ a = b", "…(11) */ a = …(1)"),
    "prose in a template of many lines": (Syntax.CODE, "my password is hunter2", "…(22)"),
    "prose with keys": (Syntax.CODE, "my password: hunter2", "…(2) password: …(7)"),
    "a template with code in it": (Syntax.CODE, "`a${b ? `c` : 'd'}e` + f", "`…(1)${b ? `…(1)` : '…(1)'}…(1)` + f"),
    "character codes": (Syntax.CODE, "String.fromCharCode(115, 0x6b, 120)", "String.fromCharCode(…(14))"),
    "numbers": (Syntax.CODE, "a = 1, b = 22, c = 0x7f", "a = 1, b = …(2), c = …(4)"),
    "a regular expression": (Syntax.CODE, "a.replace(/hun['\"]ter/g, b) / 2", "a.replace(/…(12), b) / 2"),
    "half a regular expression": (Syntax.CODE, "a = /hunter", "a = /…(6)"),
    "a phrase in dashes": (Syntax.CODE, "{a:correct-horse-battery}", "{a:…(21)}"),
    "subtractions": (Syntax.CODE, "a-b-c", "a-b-c"),
    "text of an element": (Syntax.CODE, "<p>correct horse</p><b>{a}</b>", "<p>…(13)</p><b>{a}</b>"),
    "a bare line of code": (Syntax.CODE, "gwd8FO28!evtilwphta.zmalnsj // old", "…(27) // …(3)"),
    "signs between words": (Syntax.CODE, "left!right", "…(10)"),
    "random parts between dots": (Syntax.CODE, "gwds8FO28.evtJlw6phtia.zmQlnsjb", "…(31)"),
    "a name that is none": (Syntax.CODE, "a = xK92jfLq0PzmW3", "a = …(14)"),
    "a ternary": (Syntax.CODE, "a ? 'hunter2' : b", "a ? '…(7)' : b"),
    "a key that is none": (Syntax.CODE, "{'xK92jfLq0PzmW3': 1}", "{'…(14)': 1}"),
    "a module that is none": (Syntax.CODE, "import './xK92jfLq0PzmW3'", "import '…(16)'"),
    "an apostrophe in a text": (Syntax.CODE, '<b>{don\'t}</b> "say" hunter2', '<b>{…(3)\'…(1)}</b> "…(3)" …(7)'),
    "a literal without its end": (Syntax.CODE, "a = 'hunter2", "a = '…(7)"),
    "an assignment": (Syntax.SETTINGS, "TOKEN=ab,c=d:e!f.g@h i", "TOKEN=…(16)"),
    "a mapping": (Syntax.SETTINGS, "  TOKEN: correct-horse.x!y", "  TOKEN: …(17)"),
    "an item": (Syntax.SETTINGS, "  - correct-horse", "  - …(13)"),
    "a bare line": (Syntax.SETTINGS, "correct-horse-battery", "…(21)"),
    "a comment in settings": (Syntax.SETTINGS, "A= # TOKEN: hunter2", "A= # …(14)"),
    "an address": (Syntax.SETTINGS, "postgres://app:hunter2@db/x?a=b", "…(29)=…(1)"),
    "a variable that is set with a blank": (Syntax.SETTINGS, "ENV SANITY_TOKEN hunter2", "ENV SANITY_TOKEN …(7)"),
    "words and options": (Syntax.SETTINGS, "curl -u admin:hunter2 -H 'a: b'", "…(24) '…(4)'"),
    "a literal in settings": (Syntax.SETTINGS, 'TOKEN = "hunter2" # x', 'TOKEN = "…(7)" # …(1)'),
    "padding": (Syntax.SETTINGS, "aHVudGVyMg==", "…(10)=="),
    "text": (Syntax.MARKUP, "<p>Don't: hunter2</p>", "<p>…(3)'t: …(7)</p>"),
    "attributes": (Syntax.MARKUP, "<a b='c' data-x=correct-horse.x!y>", "<a b='…(1)' data-x=…(17)>"),
    "a phrase before a colon": (Syntax.MARKUP, "<li>correct-horse-staple: b</li>", "<li>…(20): …(1)</li>"),
    "a comment in markup": (Syntax.MARKUP, "<!-- hunter2 --><p>", "<!-- …(8)--><p>"),
}


@pytest.mark.parametrize(("syntax", "line", "expected"), ELIDED.values(), ids=ELIDED)
def test_values_are_counted_instead(syntax: Syntax, line: str, expected: str) -> None:
    assert elide_line(line, syntax) == expected


AROUND: Final = {
    "an object": (
        Syntax.CODE,
        'createClient({projectId:"abcd1234",dataset:"production",apiVersion:"2025-02-19",token:"',
        '",useCdn:!1}),ko=e((e=>{var t=S',
        'createClient({projectId:"…(8)",dataset:"production",apiVersion:"2025-02-19",token:"',
        '",useCdn:!1}),ko=e((e=>{var t=S',
    ),
    "a setting": (Syntax.SETTINGS, "SANITY_TOKEN=", "", "SANITY_TOKEN=", ""),
    "an address in an address": (
        Syntax.SETTINGS,
        "URL=https://app:",
        "@db?password=hunter2 OTHER=x",
        "URL=…(12)",
        "…(20) OTHER=…(1)",
    ),
    "a scheme": (Syntax.CODE, "authorization:`Bearer ", "`,x:`hunter2`", "authorization:`Bearer ", "`,x:`…(7)`"),
    "an expression in a template": (Syntax.CODE, '`a ${b?"c":"', '"} d`,e', '`…(2)${b?"…(1)":"', '"}…(2)`,e'),
    "JSON in a literal": (
        Syntax.CODE,
        'push([1,"note \\"a\\":\\"hunter2\\",\\"token\\":\\"',
        '\\",\\"b\\":1}"])',
        'push([1,"…(4) \\"…(1)\\":\\"…(7)\\",\\"token\\":\\"',
        '\\",\\"b\\":1}"])',
    ),
    "JSON in an attribute": (
        Syntax.MARKUP,
        '<a b="{&quot;pw&quot;:&quot;hunter2&quot;,&quot;token&quot;:[0,&quot;',
        '&quot;]}" ssr client="load">',
        '<a b="{&quot;pw&quot;:&quot;…(7)&quot;,&quot;token&quot;:[0,&quot;',
        '&quot;]}" …(3) client="…(4)">',
    ),
    "a line in a literal": (
        Syntax.CODE,
        '"sourcesContent":["const a = 1;\\n  const token = \'',
        "'\\nconst b = 'hunter2'",
        "…(33)  const token = '",
        "'…(21)",
    ),
    "a path in a literal": (Syntax.CODE, 'a="b:\\\\new\\\\', '",c', 'a="…(9)', '",c'),
    "no literal": (Syntax.CODE, 'f("hunter2,", ', ', "hunter2")', 'f("…(8)", ', ', "…(7)")'),
    "a comment": (Syntax.CODE, '// token: "', '" password hunter2', "// …(8)", "…(18)"),
    "an attribute without quotes": (
        Syntax.MARKUP,
        "<input value=",
        "><p>hunter2 it</p>",
        "<input value=",
        "><p>…(10)</p>",
    ),
}


@pytest.mark.parametrize(("syntax", "before", "after", "left", "right"), AROUND.values(), ids=AROUND)
def test_both_sides_of_a_secret(syntax: Syntax, before: str, after: str, left: str, right: str) -> None:
    assert elide_around(before, after, syntax) == (left, right)


CUT: Final = {
    "in a literal": (
        'nter2",x:createClient({token:"',
        '",y:!1}),z("hunt',
        '…",x:createClient({token:"',
        '",y:!1}),z("…',
    ),
    "in a name": ('ient({token:"', '",use', '…({token:"', '",…'),
    "in a literal of other quotes": ('it"s\',x:`a`,token:"', '"', "…',x:`…(1)`,token:\"", '"'),
    "in a comment": ("don't */,token:\"", '",b', '…*/,token:"', '",…'),
    "before a comment": ('b"),c // d "', '" hunter2 e', '…"),c // …(3)', "…"),
    "in an address": ('ps://a.b/c",token:"', '",b:1', '…",token:"', '",b:…'),
    "after a backslash": (
        '",\\"a\\":\\"hunter2\\",\\"token\\":\\"',
        '\\"}',
        '…,\\"a\\":\\"…(7)\\",\\"token\\":\\"',
        '\\"}',
    ),
    "in a literal with the secret": ("hunter2 and ", ' hunter2",a:1', "…", "…"),
    "nothing": ("", "", "", ""),
}


@pytest.mark.parametrize(("before", "after", "left", "right"), CUT.values(), ids=CUT)
def test_a_window_that_begins_and_ends_inside(before: str, after: str, left: str, right: str) -> None:
    assert elide_around(before, after, Syntax.CODE, is_cut_before=True, is_cut_after=True) == (left, right)


def test_syntax_is_told_by_the_name_of_a_file() -> None:
    assert syntax_of("dist/app.4f3c2a.JS") is Syntax.CODE
    assert syntax_of("a.json") is syntax_of("a.tsx") is syntax_of("a.js.map") is Syntax.CODE
    assert syntax_of("a.html") is syntax_of("a.vue") is syntax_of("src/[slug].astro") is Syntax.MARKUP
    assert {syntax_of(path) for path in ("", ".env", "a.yml", "Dockerfile", "a.py", "js")} == {Syntax.SETTINGS}


def _pieces(text: str, quote: str = '"') -> str:
    return "+".join(f"{quote}{text[at : at + 7]}{quote}" for at in range(0, len(text), 7))


ENCODINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "plain": lambda text: text,
    "reversed": lambda text: text[::-1],
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "percent": lambda text: "".join(f"%{ord(c):02X}" for c in text),
    "entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "hexadecimal escapes": lambda text: "".join(f"\\x{ord(c):02x}" for c in text),
    "unicode escapes": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "octal escapes": lambda text: "".join(f"\\{ord(c):o}" for c in text),
}
PLACES: Final[Mapping[str, tuple[Syntax, str]]] = {
    "property": (Syntax.CODE, '{mail:"{P}",token:"{S}",p:"{P}"}'),
    "single quotes": (Syntax.CODE, "{mail:'{P}',token:'{S}',p:'{P}'}"),
    "templates": (Syntax.CODE, "{mail:`{P}`,token:`{S}`,p:`{P}`}"),
    "template expressions": (Syntax.CODE, "a(`{P}${b}{P}`,`x${'{S}'}{P}`)"),
    "list": (Syntax.CODE, '["{P}","{S}","{P}"]'),
    "calls": (Syntax.CODE, 'u("{P}"),u("{S}"),u("{P}")'),
    "address": (Syntax.CODE, 'f("https://u:{P}@h/?a={P}"),g("https://u:{S}@h/?a={P}&b={P}",{h:"{P}"})'),
    "JSON in a literal": (Syntax.CODE, '"{\\"a\\":\\"{P}\\",\\"token\\":\\"{S}\\",\\"b\\":\\"{P}\\"}"'),
    "JSON in another literal": (Syntax.CODE, 'p(\'{"a":"{P}","token":"{S}","b":"{P}"}\')'),
    "JSON": (Syntax.CODE, '{ "a": "{P}", "token": "{S}", "b": ["{P}"] }'),
    "comment": (Syntax.CODE, '/* {P} */ a="{S}"; /* {P} */ // {P}'),
    "in a comment": (Syntax.CODE, '// {P} "{S}" {P}'),
    "regular expression": (Syntax.CODE, '/{P}/.test(a),b="{S}",c=/{P}/'),
    "element": (Syntax.CODE, '<p>{P}</p><a b="{P}" c="{S}" d=\'{P}\'>{P}</a>'),
    "line of a template": (Syntax.CODE, '{P} a="{P}" b="{S}" {P}'),
    "code in a source map": (Syntax.CODE, "\"a\\n  b = '{P}', c = '{S}' // {P}\\n d = '{P}'\""),
    "environment": (Syntax.SETTINGS, "A={P} B={S} C={P}"),
    "mapping": (Syntax.SETTINGS, "a: {P} # {S} {P}"),
    "flow": (Syntax.SETTINGS, "a: {b: {P}, token: {S}, c: {P}}"),
    "quoted settings": (Syntax.SETTINGS, 'a = "{P}", b = "{S}", c = \'{P}\''),
    "image": (Syntax.SETTINGS, "ENV A={P} B={S} C={P}"),
    "arguments": (Syntax.SETTINGS, "run -e {P} -e A={S} --b={P} {P}"),
    "item": (Syntax.SETTINGS, "- {P} {S} {P}"),
    "address in settings": (Syntax.SETTINGS, "URL=https://u:{P}@h/{S}?a={P}&b={P}"),
    "code in settings": (Syntax.SETTINGS, '{mail:"{P}",token:"{S}",p:"{P}"}'),
    "text": (Syntax.MARKUP, '<p>{P}</p><input value="{S}"><p>{P}</p>'),
    "attributes": (Syntax.MARKUP, "<a x=\"{P}\" y='{P}' data-y=\"{S}\" z='{P}'>"),
    "bare attributes": (Syntax.MARKUP, "<a x={P} y={S} z={P}>{P}</a>"),
    "script": (Syntax.MARKUP, '<p>{P}</p><script>var a={b:"{P}",t:"{S}",c:\'{P}\'}</script>{P}'),
    "JSON in an attribute": (
        Syntax.MARKUP,
        '<a b="{&quot;a&quot;:&quot;{P}&quot;,&quot;t&quot;:&quot;{S}&quot;,&quot;b&quot;:&quot;{P}&quot;}">',
    ),
    "comment in markup": (Syntax.MARKUP, "<!-- {P} --><a b='{S}'><!-- {P} -->"),
}
WINDOWS: Final = (0, 1, 2, 3, 5, 8, 13, 20, 37)
_RANDOM: Final = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=12, max_size=40)
_PUNCTUATED: Final = st.lists(
    st.text("abcdefghijkmnopqrstuvwxyzABCD0123456789", min_size=4, max_size=14), min_size=2, max_size=4
).flatmap(lambda words: st.sampled_from(".!@-_").map(lambda sign: sign.join(words)))
_PHRASES: Final = st.lists(
    st.sampled_from(("correct", "horse", "battery", "staple", "winter", "sunset", "summer", "garden", "password")),
    min_size=3,
    max_size=5,
).map("-".join)


@pytest.mark.parametrize(("syntax", "place"), PLACES.values(), ids=PLACES)
@settings(max_examples=40, deadline=None)
@given(_RANDOM | _PUNCTUATED | _PHRASES, st.sampled_from(sorted(ENCODINGS)))
@example("correct-horse-battery-staple", "plain")
def test_no_side_shows_a_neighbour(syntax: Syntax, place: str, value: str, encoding: str) -> None:
    """Plain or encoded, wherever the window round the secret begins and ends."""
    before, after = place.replace("{P}", ENCODINGS[encoding](value)).split("{S}")
    for low, high in itertools.product(WINDOWS, (0, 1, 7)):
        sides = (before[low:], after[: len(after) - high])
        for is_known in (True, False) if low == high == 0 else (False,):
            shown = elide_around(*sides, syntax, is_cut_before=not is_known, is_cut_after=not is_known)
            _assert_hidden(value, "|".join(shown))


@pytest.mark.parametrize(("syntax", "place"), PLACES.values(), ids=PLACES)
@settings(max_examples=40, deadline=None)
@given(_RANDOM | _PUNCTUATED | _PHRASES, st.sampled_from(sorted(ENCODINGS)))
def test_no_line_shows_a_value(syntax: Syntax, place: str, value: str, encoding: str) -> None:
    line = place.replace("{P}", ENCODINGS[encoding](value)).replace("{S}", value)
    _assert_hidden(value, elide_line(line, syntax))


@settings(max_examples=60, deadline=None)
@given(_RANDOM | _PUNCTUATED, st.sampled_from(list(Syntax)))
def test_no_split_or_counted_value_is_shown(value: str, syntax: Syntax) -> None:
    codes = [ord(c) for c in value]
    for text in (
        _pieces(value),
        _pieces(value, "'"),
        f"String.fromCharCode({','.join(map(str, codes))})",
        f"[{', '.join(map(hex, codes))}].map(a=>b(a))",
        "".join(f"String.fromCharCode({code})+" for code in codes) + '""',
    ):
        shown = elide_line(f"a = {text}, b = 1", syntax) + "|".join(elide_around(f'a({text},"', f'",{text})', syntax))
        _assert_hidden(value, shown.replace('"+"', "").replace("'+'", "").replace(")+String.fromCharCode(", ","))


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(list(Syntax)), st.booleans())
def test_any_text_can_be_read(before: str, after: str, syntax: Syntax, is_cut: bool) -> None:
    left, right = elide_around(before, after, syntax, is_cut_before=is_cut, is_cut_after=is_cut)
    assert len(left) <= 4 * len(before) + 8
    assert len(right) <= 4 * len(after) + 8
    elide_line(before, syntax)


def _assert_hidden(value: str, shown: str) -> None:
    for at in range(len(value) - RUN + 1):
        assert value[at : at + RUN] not in shown
    assert mask_runs(shown, [value.encode()]) == shown


HOSTILE: Final = {
    "quotes": "'\"`",
    "open regular expressions": "=/[",
    "open templates": "`${",
    "open comments": "/*",
    "open markup": "<a>b",
    "numbers": "1,2,",
    "dashes": "a-b-",
    "dots": "a.b?.",
    "backslashes": "\\",
    "escaped quotes": '\\\\\\"',
    "entities": "&quot;",
    "blanks": " ",
    "one word": "a",
    "keys": "a:b=",
    "brackets": "{[(",
    "lines in a literal": "\\n'a",
}


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_long_line_takes_time_in_proportion(piece: str, syntax: Syntax) -> None:
    def run(size: int) -> None:
        text = piece * (size // len(piece))
        elide_line(text, syntax)
        elide_around(text, text, syntax, is_cut_before=True, is_cut_after=True)

    assert_linear(run, 8_000)
