"""What code, markup and settings are written in: quotes at every level of escaping, names, numbers, comments."""

import functools
import re
from enum import StrEnum
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex


class Style(StrEnum):
    """How much of a text outside literals is shown."""

    CODE = "code"
    """Names, one-digit numbers, operators: the text is code from its first character."""
    CUT_CODE = "cut code"
    """Names of up to three characters, keys, callees and assignment targets: the text may begin anywhere."""
    MARKUP = "markup"
    """Names of tags, attributes, keys, and called functions."""
    SETTINGS = "settings"
    """Names of keys."""


RAW: Final = ""
"""Level of unescaped quotes. Other levels: `\\` repeated per escape, `&`, `%`, `\\u`, `\\x`."""
EDGE: Final = "?"
"""Placeholder for the unknown character before a cut text."""
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
"""Zero or more blanks."""
KEY_FOLLOWS: Final = LazyTextRegex(r"\s*+:")
"""Text after a quoted key."""
ATTRIBUTE_FOLLOWS: Final = LazyTextRegex(r"\s*+=(?!=)")
"""Text after the name of an attribute with a value."""
MARK_FOLLOWS: Final = LazyTextRegex(r"\s*+(?:[=:(]|\?\.)")
"""Text after the name of a key, an assigned variable or a called function."""
SECTION: Final = LazyTextRegex(r"\s*+\[\[?(?P<name>[\w.-]++)\]\]?\s*+")
"""A line that begins a section of settings."""
VARIABLE: Final = LazyTextRegex(r"[A-Z][A-Z0-9]*+(?:_[A-Z0-9]++)*+_?")
"""An environment variable."""
PLAIN_LITERAL: Final = LazyTextRegex(
    r"(?:Bearer|Basic) ?|\d{4}-\d\d-\d\d|production|development|drafts|utf-?8|application/json"
    r"|GET|POST|PUT|PATCH|DELETE|use (?:client|server|strict)"
)
"""Literals that are shown."""
PLAIN_VALUE: Final = LazyTextRegex(
    r"Bearer|Basic|\d{4}-\d\d-\d\d|production|development|true|false|null|yes|no|on|off|\d|[{}>|-]"
)
"""Bare values that are shown."""
ENVIRONMENT: Final = LazyTextRegex(r"(?:import\.meta|process)\.env\.(?P<name>[A-Z][A-Z0-9_]*+)")
"""An environment variable as code reads it."""
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
"""Keywords: words that may follow one another in code."""
SETTING_WORDS: Final = frozenset({"ENV", "ARG", "RUN", "FROM", "export", "set", "true", "false", "null"})
"""Words in settings that are shown."""
EXPORTING: Final = frozenset({"ENV", "ARG", "export", "set"})
"""Words before the name of a variable."""
ROOTS: Final = frozenset({"process", "meta", "env", "window", "document", "self", "globalThis", "JSON", "Object"})
"""Names that are shown even in the strict styles."""
COMMENTS: Final = {"//": "", "/*": "*/", "<!--": "-->"}
"""Start of a comment -> its end."""
_SIGNS: Final = r"+/=.!@~#%^&*-"
BARE_RUN: Final = LazyTextRegex(
    rf"(?<![A-Za-z0-9{_SIGNS}])[A-Za-z0-9]++[{_SIGNS}](?:[A-Za-z0-9{_SIGNS}]++)(?<=[A-Za-z0-9{_SIGNS}]{{20}})"
)
"""A run that may be base64 or a password outside of quotes, with at least one of their signs."""
PARTS: Final = LazyTextRegex(r"[A-Za-z0-9]++")
"""What is between its signs."""
SHORT: Final = 3
"""Most characters of a name that is shown anywhere in code."""
PHRASE: Final = 12
"""Fewest characters of dashed words that may be a pass phrase."""
DIRECTIVE: Final = LazyTextRegex(r"[a-z]+:[a-z]+")
"""An attribute without a value, such as `client:load`."""


def quotes_of(level: str) -> str:
    """Return the expression for the quotes of a level."""
    return _QUOTES.get(level) or rf"(?<!\\){re.escape(level)}[\"'`]"


@functools.lru_cache(64)
def quotes_at(level: str) -> re.Pattern[str]:
    """Return the compiled expression for the quotes of a level."""
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
    r"""Return the expression for the end of a literal with a quote; in a template also for `${`."""
    if level == RAW:
        if quote == "`":
            return re.compile(r"(?:[^`\\$]++|\\.|\$(?!\{))*+(?P<end>`|\$\{)", re.DOTALL)
        return re.compile(rf"(?:[^{quote}\\]++|\\.)*+(?P<end>{quote})", re.DOTALL)
    if level in _QUOTES:
        return re.compile(rf"(?P<end>{re.escape(quote)})", re.IGNORECASE)
    return re.compile(rf"(?P<end>(?<!\\){re.escape(quote)})")
