"""The parser is used if installed, within its safe limits; without it, less is found."""

import base64
import subprocess
import sys
from collections.abc import Iterator

import pytest

from frontleak.core.budget import MOST_WORK, ExhaustedError, WorkBudget
from frontleak.js import parse as parsing
from frontleak.js.parse import MOST_CODE, MOST_PARSED, Grammar, available, parse, parse_source
from frontleak.rules.samples import draw
from tests.support.made import scan_text, secret_of

TOKEN = draw("sk[A-Za-z0-9]{178}", "tests/javascript/parse")


def test_there_is_a_parser_here() -> None:
    assert available()


def test_a_text_has_a_tree() -> None:
    root = parse(b'x="a"+"b"', WorkBudget())
    assert root is not None
    assert not root.has_error
    assert [node.type for node in root.named_children] == ["expression_statement"]


@pytest.mark.parametrize("text", [b"", b"\0", b"\xff\xfe", b'"a', b"(((", b"x=@#", b"/*"], ids=repr)
def test_damaged_text_has_one_too(text: bytes) -> None:
    assert parse(text, WorkBudget()) is not None


def test_long_texts_are_parsed_only_when_they_are_literals_in_a_list() -> None:
    items = ",".join(["115", "0x6b", '"a b\\"c"', "'d'", "`e`"] * 1_000)
    assert MOST_CODE < len(items) < MOST_PARSED
    assert parse(f"x=[{items}]".encode(), WorkBudget()) is not None
    assert parse(f"x=[{items},{items}]".encode(), WorkBudget()) is None
    assert parse(b"x=a" + b"+a" * (MOST_CODE // 2), WorkBudget()) is None
    assert parse(b"x=a" + b"+a" * (MOST_CODE // 2 - 9), WorkBudget()) is not None


# Found by fuzzing: error recovery takes more than quadratic time in the number of pieces.
ENDLESS = (
    b"b+*",
    b"=>!&&\\",
    b"=>{+",
    b"-,\n*",
    b"++>)",
    b"new *",
    b"|?++",
    b"{!}/*",
    b'"ghp_1"+/*',
    b"@async (+)",
    b"'y'\xff",
)


@pytest.mark.parametrize("unit", ENDLESS, ids=repr)
def test_what_is_no_code_is_given_up_and_paid_for(unit: bytes) -> None:
    text = b"x=" + unit * (3_000 // len(unit))
    budget = WorkBudget()
    root = parse(text, budget)
    assert root is None or root.has_error
    assert MOST_WORK - budget.left >= (30 * len(text) if text.count(b"/*") <= 8 else 60)
    budget = WorkBudget(100)
    with pytest.raises(ExhaustedError):
        parse(text, budget)


def test_well_formed_code_is_never_given_up() -> None:
    units = (
        "a+",
        "1,",
        "a[1]+",
        "f()+",
        "-",
        "!",
        "a?b:",
        "a=",
        "a=>",
        "f(a)(b)+",
        "[a]+",
        "({})+",
        "(a,b)=>a+b,",
        "`${a}`+",
    )
    for unit in units:
        root = parse(("x=" + unit * ((MOST_CODE - 20) // len(unit)) + "a").encode(), WorkBudget())
        assert root is not None
        assert not root.has_error, unit


@pytest.fixture
def no_parser(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    parsing._parser.cache_clear()
    yield
    monkeypatch.undo()
    parsing._parser.cache_clear()


CODES = ",".join(str(ord(letter)) for letter in TOKEN)
WITHOUT = {
    "as it stands": f'x="{TOKEN}"',
    "escaped": 'x="' + "".join(f"\\x{ord(letter):02x}" for letter in TOKEN) + '"',
    "base64": f'x=atob("{base64.b64encode(TOKEN.encode()).decode()}")',
    "codes in a call": f"x=String.fromCharCode({CODES})",
    "codes in a list": f"x=String.fromCharCode.apply(null,[{CODES}])",
    "codes in hexadecimal": "x=String.fromCharCode({})".format(",".join(hex(ord(letter)) for letter in TOKEN)),
    "codes that are mapped": f'x=[{CODES}].map(c=>String.fromCharCode(c)).join("")',
}


@pytest.mark.usefixtures("no_parser")
@pytest.mark.parametrize("code", WITHOUT.values(), ids=WITHOUT)
def test_what_is_found_without_a_parser(code: str) -> None:
    assert not available()
    (finding,) = scan_text(code).detections
    assert secret_of(finding).reveal() == TOKEN.encode()


@pytest.mark.usefixtures("no_parser")
@pytest.mark.parametrize(
    "code",
    [
        f'x="{TOKEN[:90]}"+"{TOKEN[90:]}"',
        f'x=["{TOKEN[:90]}","{TOKEN[90:]}"].join("")',
        "fromCharCode(1,2)",
        "fromCharCode(",
    ],
)
def test_what_is_not_found_without_a_parser_is_no_mistake(code: str) -> None:
    assert scan_text(code).detections == ()


def test_it_is_only_imported_when_something_may_be_put_together() -> None:
    references = (
        "import sys\n"
        "from tests.support.made import scan_text\n"
        'scan_text(\'var a=e.token,b=atob(c),t={token:"x"+y,secret:z+"-"},d=["a","b"].join("");\')\n'
        "print([name for name in sys.modules if 'tree_sitter' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", references], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("grammar", Grammar)
def test_a_grammar_is_loaded_without_what_its_package_imports_for_queries(grammar: Grammar) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c"),
            (
                "import sys\nfrom frontleak.js.parse import Grammar, parse_source\n"
                f"assert parse_source(b'const a = 1', Grammar({grammar.value!r})) is not None\n"
                "print([name for name in ('importlib.resources', 'tempfile') if name in sys.modules])\n"
            ),
        ],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("grammar", Grammar)
def test_a_package_without_that_extension_module_is_imported(grammar: Grammar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_binding", lambda _: None)
    parsing._parser.cache_clear()
    try:
        root = parse_source(b"const a = 1", grammar)
        assert root is not None
        assert not root.has_error
    finally:
        parsing._parser.cache_clear()


def test_a_package_that_is_not_installed_is_no_error() -> None:
    assert parsing._binding("tree_sitter_of_nothing") is None
