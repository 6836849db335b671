"""What code, markup and settings are written in: quotes at every level of escaping, names, numbers, comments."""

import functools
import re
from enum import StrEnum
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex

Span = tuple[int, int]
"""Where a part of a text begins, and where it ends."""


class Style(StrEnum):
    """How much of a text outside of literals is shown."""

    CODE = "code"
    """Names, numbers of one digit, operators: it is code from its first character on."""
    CUT_CODE = "cut code"
    """Names of three characters at most, and those of keys, calls and targets: where it begins is not known."""
    MARKUP = "markup"
    """Names of tags, attributes, keys, and functions that are called."""
    SETTINGS = "settings"
    """Names of keys."""


RAW: Final = ""
"""Level of quotes that stand as they are. Others: `\\`, as often as they are escaped, `&`, `%`, `\\u`, `\\x`."""
EDGE: Final = "?"
"""Stands for the unknown character before a text that is cut off."""
_QUOTES: Final = {
    RAW: r"(?<!\\)[\"'`]",
    "&": r"&(?:quot|apos|\#0*3[49]|\#x0*2[27]);",
    "%": r"%2[27]",
    "\\u": r"(?<!\\)\\u002[27]",
    "\\x": r"(?<!\\)\\x2[27]",
}
_NUMBER: Final = r"(?:0[xXoObB][\da-fA-F]++|\d[\d_.]*+(?:[eE][-+]?\d++)?+)"
_NAME: Final = r"(?:[^\W\d]|\$)[\w$]*+"
_CHAIN: Final = rf"{_NAME}(?:\??\.{_NAME})*+"
_ATTRIBUTE: Final = rf"[@:#*\[(]?{_NAME}(?:[.:-]{_NAME})*+"
_ESCAPED: Final = r"x[\da-f]{{2}}|u\{{?[\da-f]{{2,6}}\}}?|[0-7]{{2,3}}"
_IN_CODE: Final = rf"""
    (?P<space>\s+ {{escapes}})
  | (?P<comment>//|/\*|<!--)
  | (?P<quote>{{quotes}})
  | (?P<encoded>(?:&\#\w{{{{1,8}}}};? | %[\da-f]{{{{2}}}} | (?<!\\)\\++(?:{_ESCAPED}))++)
  | (?P<tag></?{_NAME}(?:[.:-]{_NAME})*+)
  | (?P<numbers>-?{_NUMBER}(?:\s*+,\s*+-?{_NUMBER}){{{{2,}}}}+)
  | (?P<dashed>{_NAME}(?:-[\w$]++){{{{2,}}}}+)
  | (?P<word>{_NAME})
  | (?P<number>\d[\w.]*+)
  | (?P<other>.)
"""
_IN_TEXT: Final = rf"""
    (?P<space>\s+ {{escapes}})
  | (?P<comment>{{comments}})
  | (?P<quote>{{quotes}})
  | (?P<tag>{{tags}})
  | (?P<reference>\$\{{{{\{{{{\s*+[\w.]++\s*+\}}}}\}}}}|\$\{{{{?[A-Z][A-Z0-9_]*+\}}}}?)(?![^\s\"'`,;)}}}}\]<])
  | (?P<key>{_ATTRIBUTE})(?=\s*+(?:=(?!=)|:(?=[\s\"'`\[{{{{\\&%])))
  | (?P<call>{{calls}})
  | (?P<run>(?!:){{runs}})
  | (?P<other>.)
"""
VALUE: Final = LazyTextRegex(r"[^\s\"'`(){}\[\]<>]+")
"""A bare value of a setting."""
ATTRIBUTE_VALUE: Final = LazyTextRegex(r"[^\s\"'`(){}\[\]<>,;=]+")
"""A bare value of an attribute."""
_ESCAPES: Final = r"| \\+[nrt](?![\w]*[=:])"
REGEX: Final = LazyTextRegex(r"/(?:[^/\\\[]|\\.|\[(?:[^\]\\]|\\.){0,200}+\]){1,500}+/[a-z]*+")
"""A regular expression of JavaScript, with at most 500 parts."""
ELEMENT_TEXT: Final = LazyTextRegex(r"[^<>{}]{0,300}+(?=</)")
"""Text between two tags in code."""
MARKUP_TEXT: Final = LazyTextRegex(r"[^<>{}]{0,300}+(?=</)|[^<>{}\"'`;=()&|]{0,300}+(?=\{|\Z)")
"""Text after a tag in code."""
BLANKS: Final = LazyTextRegex(r"\s*+")
"""Any, or none."""
KEY_FOLLOWS: Final = LazyTextRegex(r"\s*+:")
"""What follows a key in quotes."""
ATTRIBUTE_FOLLOWS: Final = LazyTextRegex(r"\s*+=(?!=)")
"""What follows the name of an attribute that is set."""
MARK_FOLLOWS: Final = LazyTextRegex(r"\s*+(?:[=:(]|\?\.)")
"""What follows the name of a key, a variable that is set, or a function that is called."""
SECTION: Final = LazyTextRegex(r"\s*+\[\[?(?P<name>[\w.-]++)\]\]?\s*+")
"""A line that begins a section of settings."""
VARIABLE: Final = LazyTextRegex(r"[A-Z][A-Z0-9]*+(?:_[A-Z0-9]++)*+_?")
"""A variable of the environment."""
PLAIN_LITERAL: Final = LazyTextRegex(
    r"(?:Bearer|Basic) ?|\d{4}-\d\d-\d\d|production|development|drafts|utf-?8|application/json"
    r"|GET|POST|PUT|PATCH|DELETE|use (?:client|server|strict)"
)
"""Contents of literals that are shown."""
PLAIN_VALUE: Final = LazyTextRegex(
    r"Bearer|Basic|\d{4}-\d\d-\d\d|production|development|true|false|null|yes|no|on|off|\d|[{}>|-]"
)
"""Bare values that are shown."""
ENVIRONMENT: Final = LazyTextRegex(r"(?:import\.meta|process)\.env\.(?P<name>[A-Z][A-Z0-9_]*+)")
"""How code reads one."""
BEFORE_A_LITERAL: Final = frozenset("=:([{,+?&|;<>") | {"", EDGE}
"""Characters before a literal."""
AFTER_A_LITERAL: Final = LazyTextRegex(r"\s|[,;)\]}:+.?&|=<>/!*\\-]|(?:in|of|as|instanceof|from)\b|\Z")
"""Text after one."""
BEFORE_AN_EXPRESSION: Final = frozenset("(,=:[!&|?{;+-*%~^<>") | {"", EDGE}
"""Characters after which a slash begins a regular expression."""
KEYWORDS: Final = frozenset(
    [
        "abstract",
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "declare",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "from",
        "function",
        "get",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "module",
        "namespace",
        "new",
        "null",
        "of",
        "override",
        "package",
        "private",
        "protected",
        "public",
        "readonly",
        "return",
        "satisfies",
        "set",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "type",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "yield",
    ]
)
"""Words that stand beside others in code."""
SETTING_WORDS: Final = frozenset({"ENV", "ARG", "RUN", "FROM", "export", "set", "true", "false", "null"})
"""Words of settings that are shown."""
EXPORTING: Final = frozenset({"ENV", "ARG", "export", "set"})
"""Those before the name of a variable."""
ROOTS: Final = frozenset({"process", "meta", "env", "window", "document", "self", "globalThis", "JSON", "Object"})
"""Names that are shown where few are."""
COMMENTS: Final = {"//": "", "/*": "*/", "<!--": "-->"}
"""Beginning of a comment -> its end."""
SHORT: Final = 3
"""Characters of a name that is shown wherever it stands in code."""
PHRASE: Final = 12
"""Characters from which words with dashes between them may be a pass phrase."""
DIRECTIVE: Final = LazyTextRegex(r"[a-z]+:[a-z]+")
"""An attribute without a value, such as `client:load`."""


def quotes_of(level: str) -> str:
    """Return the expression for the quotes of a level."""
    return _QUOTES.get(level) or rf"(?<!\\){re.escape(level)}[\"'`]"


@functools.lru_cache(64)
def quotes_at(level: str) -> re.Pattern[str]:
    """Return the expression for the quotes of a level, to search for them."""
    return re.compile(quotes_of(level), re.IGNORECASE if level in _QUOTES and level != RAW else 0)


@functools.lru_cache(64)
def tokens_of(style: Style, level: str) -> re.Pattern[str]:
    """Return the expression for one token; the name of its last group tells the kind."""
    quotes, escapes = quotes_of(level), _ESCAPES if level else ""
    if style in {Style.CODE, Style.CUT_CODE}:
        return re.compile(_IN_CODE.format(quotes=quotes, escapes=escapes), re.VERBOSE | re.DOTALL | re.IGNORECASE)
    apostrophe = quotes if level else r"(?<!\\)(?:[\"`]|(?<!\w)'|'(?!\w))"
    markup = style is Style.MARKUP
    expression = _IN_TEXT.format(
        quotes=apostrophe,
        escapes=escapes,
        comments=r"<!--|/\*|(?<![:\w\"'/=])//" if markup else r"(?<!\S)(?:\#|//)|<!--|/\*",
        tags=rf"</?{_NAME}(?:[.:-]{_NAME})*+" if markup else r"(?!)",
        calls=rf"{_CHAIN}(?=\s*+\()" if markup else r"(?!)",
        runs=r"[^\s<>\"'`=(){}\[\],;\\&%]+" if level else r"[^\s<>\"'`=(){}\[\],;]+",
    )
    return re.compile(expression, re.VERBOSE | re.DOTALL)


@functools.lru_cache(64)
def end_of(quote: str, level: str) -> re.Pattern[str]:
    r"""Return what ends a literal that began with a quote; of a template also where `${` begins an expression."""
    if level == RAW:
        if quote == "`":
            return re.compile(r"(?:[^`\\$]++|\\.|\$(?!\{))*+(?P<end>`|\$\{)", re.DOTALL)
        return re.compile(rf"(?:[^{quote}\\]++|\\.)*+(?P<end>{quote})", re.DOTALL)
    if level in _QUOTES:
        return re.compile(rf"(?P<end>{re.escape(quote)})", re.IGNORECASE)
    return re.compile(rf"(?P<end>(?<!\\){re.escape(quote)})")
