"""Escapes in string literals and code in `eval`: decoded where they hide letters, ignored otherwise."""

import json
import random
from collections.abc import Callable
from typing import Final

import pytest

from frontleak.core.budget import WorkBudget
from frontleak.decode.interface import View
from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import BY_NAME, decode, out_of_bytes, out_of_work, problems, views

TOKEN: Final = token("tests/decode/escapes")


def each(form: str, text: str = TOKEN) -> str:
    return "".join(form.format(ord(letter)) for letter in text)


# Text -> maximum number of views.
SILENT: Final = {
    "no escape": ("const a = 'b';", 0),
    "escapes of line ends": ("const a = 'b\\nc\\td\\r\\n';", 0),
    "escapes of quotes": (r"const a = 'b\'c\"d';", 0),
    "a pattern": (r"/[\x00-\x1f\x7f]/.test(a)", 0),
    "ranges of a pattern": (r"/[\u0590-\u05ff\u0600-\u06ff]/", 0),
    "letters of another script": ("const a = '" + each("\\u{:04x}", "привет, как дела") + "';", 0),
    "control characters": ("const a = '" + "".join(f"\\x{n:02x}" for n in range(30)) + "';", 0),
    "a few letters": ("const a = '\\x61\\x62\\x63';", 1),
    "Windows paths": (r"const a = 'C:\\users\\x\\u0041';", 2),
}


@pytest.mark.parametrize(("text", "most"), SILENT.values(), ids=SILENT)
def test_escapes_that_hide_no_letters_give_nearly_no_view_and_no_finding(text: str, most: int) -> None:
    assert len(views(text.encode(), "escapes")) <= most
    assert scan_text(text).detections == ()


FORMS: Final = {
    "two digits": each("\\x{:02x}"),
    "two digits in capitals": each("\\x{:02X}"),
    "four digits": each("\\u{:04x}"),
    "braces": each("\\u{{{:x}}}"),
    "braces with zeros": each("\\u{{{:06x}}}"),
    "eight digits": each("\\U{:08x}"),
    "three octal digits": each("\\{:03o}"),
    "of all kinds in turn": "".join(
        ("\\x{:02x}", "\\u{:04x}", "\\u{{{:x}}}", "\\{:03o}", "{:c}")[n % 5].format(ord(letter))
        for n, letter in enumerate(TOKEN)
    ),
    "the first letters": each("\\x{:02x}", TOKEN[:2]) + TOKEN[2:],
    "the first letter": each("\\u{:04x}", TOKEN[:1]) + TOKEN[1:],
    "the second letter": TOKEN[:1] + each("\\x{:02x}", TOKEN[1:2]) + TOKEN[2:],
    "a letter in the middle": TOKEN[:40] + each("\\x{:02x}", TOKEN[40]) + TOKEN[41:],
    "many letters in the middle": TOKEN[:40] + each("\\x{:02x}", TOKEN[40:60]) + TOKEN[60:],
}
AROUND: Final[dict[str, Callable[[str], str]]] = {
    "in double quotes": lambda text: f'var a="{text}";',
    "in single quotes": lambda text: f"var a='{text}';",
    "in backticks": lambda text: f"var a=`{text}`;",
    "after other escapes": lambda text: f"var q='\\n\\t\\'\\\\';var a='{text}';var r='\\x41';",
    "in a property whose name is escaped": lambda text: f"var a={{'{each(chr(92) + 'x{:02x}', 'token')}':'{text}'}};",
    "in a string of a string": lambda text: f"eval({json.dumps(f'var a={chr(34)}{text}{chr(34)};')})",
    "in the sources of a map": lambda text: json.dumps({"version": 3, "sourcesContent": [f'var a="{text}";']}),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_secret_in_escapes_is_found(text: str, around: Callable[[str], str]) -> None:
    code = around(text)
    (finding,) = scan_text(code).detections
    assert secret_of(finding).reveal() == TOKEN.encode()
    place = code[finding.place.offset : finding.place.offset + finding.place.length]
    assert place[:1] in ("s", "\\")
    assert place[-1:] in (TOKEN[-1], "}", *"0123456789abcdefABCDEF")


def test_what_stands_beside_is_read_with_it() -> None:
    text = f'createClient({{projectId:"abcd1234",dataset:"production",token:"{each(chr(92) + "x{:02x}")}",useCdn:!1}})'
    (view,) = views(text.encode(), "escapes")
    assert b'projectId:"abcd1234",dataset:"production",token:"' + TOKEN.encode() + b'",useCdn:!1' in view.text


def test_stretches_far_apart_are_views_of_their_own_and_near_ones_are_one() -> None:
    escaped = f'"{each(chr(92) + "x{:02x}", "abcdefgh")}",'
    assert len(views((escaped * 40).encode(), "escapes")) == 1
    assert len(views(("x" * 9 + escaped + "y" * 999).encode() * 5, "escapes")) == 5


def test_views_do_not_overlap_by_more_than_backslashes() -> None:
    text = b"ab" + (b"\\" * 600 + b"x41\\x42\\x43\\x44\\x45\\x46\\x47") * 200
    found = [view for view in decode("js-escape", text, range(len(text))) if isinstance(view, View)]
    assert len(found) > 10
    assert sum(
        view.spans.origin_span(0, len(view.text))[1] - view.spans.origin_span(0, 1)[0] for view in found
    ) <= 2 * len(text)


def test_more_escapes_than_are_read_is_said() -> None:
    unit = b"x" * 900 + b"\\x41\\x42\\x43\\x44\\x45\\x46" + b"y" * 900
    found = decode("js-escape", unit * 9_000, range(900, 9_000 * len(unit), len(unit)))
    assert sum(len(view.text) for view in found if isinstance(view, View)) == BY_NAME["js-escape"].most
    assert found[-1] == out_of_bytes(BY_NAME["js-escape"])


# --- eval ------------------------------------------------------------------------------------------------------------

EVAL: Final = {
    "double quotes": f'eval("var a=\\"{TOKEN}\\";\\n//# sourceURL=webpack:///./a.js")',
    "single quotes": f"eval('var a=\\'{TOKEN}\\';')",
    "a template": f'eval(`var a="{TOKEN}";\\n`)',
    "put together inside": f'eval("var a=\\"{TOKEN[:90]}\\"+\\"{TOKEN[90:]}\\";")',
    "in an eval": 'eval("{}")'.format(json.dumps(f'eval("var a=\\"{TOKEN}\\";")')[1:-1]),
}


@pytest.mark.parametrize("text", EVAL.values(), ids=EVAL)
def test_code_in_eval_is_read(text: str) -> None:
    (finding,) = scan_text(text).detections
    assert secret_of(finding).reveal() == TOKEN.encode()


@pytest.mark.parametrize(
    "text",
    ["eval(a)", "eval()", 'eval("a+b")', 'x.eval ("a\\nb")', "// eval(code)"],
)
def test_other_evals_give_no_view(text: str) -> None:
    assert views(text.encode(), "eval") == []
    assert problems(text.encode()) == []


@pytest.mark.parametrize("text", ['eval("a', "eval('a\nb')", "eval(`a", "eval(`${`a`"])
def test_an_eval_that_does_not_end_is_said(text: str) -> None:
    assert problems(text.encode()) == ["holds an eval call with an unterminated string; it was not decoded"]


def test_modules_of_a_large_development_build_are_read_to_the_last() -> None:
    module = json.dumps("var a = 1;" * 2_400 + "\n")
    text = f"eval({module});\n".encode() * 700
    assert len(text) > 16_000_000
    budget = WorkBudget()
    found = decode("js-eval", text, range(0, len(text), len(module) + 8), budget)
    assert [type(one) for one in found] == [View] * 700
    assert budget.left == WorkBudget().left


def test_more_code_than_is_read_is_said() -> None:
    module = json.dumps("var a = 1;" * 99_000 + "\n")
    text = f"eval({module});\n".encode() * 36
    found = decode("js-eval", text, range(0, len(text), len(module) + 8))
    assert found[-1] == out_of_bytes(BY_NAME["js-eval"])
    assert 20 < len(found) <= 36


def test_templates_that_begin_in_one_another_are_given_up() -> None:
    text = b"eval(`${" * 40_000
    found = decode("js-eval", text, range(0, len(text), 8))
    assert found[-1] == out_of_work("code in eval")
    assert len(found) < 40


def test_any_bytes_are_no_mistake() -> None:
    rng = random.Random(4)
    letters = b"\\\\\\\\xu{}0123456789abcdef\"'`$ eval(\n\0\xff"
    for _ in range(2_000):
        text = bytes(rng.choices(letters, k=rng.randint(0, 90)))
        offsets = sorted(rng.choices(range(len(text) + 3), k=4))
        for found in (*decode("js-escape", text, offsets), *decode("js-eval", text, offsets)):
            if isinstance(found, View) and found.text:
                start, end = found.spans.origin_span(0, len(found.text))
                assert 0 <= start < end <= len(text)
