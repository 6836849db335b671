"""Triggers for secrets that code puts together, derived from the literal beginnings of the rules' secrets.

Two string literals that are joined directly are found without them, by a trigger in rules/triggers.yaml. Beginnings
find a piece that is joined to something else: a name, a substitution in a template, the argument of a method.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from frontleak.rules.beginnings import beginnings
from frontleak.rules.byte_frequencies import ordinary_rate
from frontleak.rules.pattern_rule import Beginnings, PatternRule, Trigger
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import group_node, parse

_KEPT: Final = 16
"""Patterns whose beginnings are kept: a check asks for those of a rule at each of its examples."""
_LENGTH: Final = 6
"""Bytes. Longer beginnings are cut, unless they are a word so far."""
_LONGEST: Final = 12
_SHORTEST: Final = 2
_MOST_BEGINNINGS: Final = 16
"""Beginnings per rule; more than this come from case-insensitive words."""
_SURE_RATE: Final = 1e-6
"""Limit for the occurrences of a sure beginning per byte of ordinary minified code."""
_PER_TRIGGER: Final = 60
_SHORT: Final = 5
"""Bytes of a beginning that is too short for a fast literal on its own."""
_QUOTES: Final = (r"\x22", r"\x27", r"\x60")
_CODES: Final = 3
"""Character codes of a beginning that are searched for."""
_TAG: Final = r"\\{0,3} /? [a-z] | !--"
"""How a tag or comment goes on after `<`, also in a string of a script (`<\\/b>`)."""
_WORD: Final = re.compile(rb"[a-z]+[0-9]*")
_ORDINARY_WORDS: Final = frozenset(
    b"access api app auth base bearer client collection collectors console dataset default dynamic http https key live"
    b" pat private prod public redis sdk search secret server sess sig standard test tok token user".split()
)
"""Words with which string literals in code begin; as the beginning of a secret they would ask for all of them."""


def split_beginnings(rules: Iterable[PatternRule]) -> Beginnings:
    """Return the beginnings of the rules' secrets.

    A rule without any adds none, nor does one that needs a name next to the secret: such secrets begin with anything,
    or with a word such as `api-`. They are found where two literals are joined directly, or at a name that
    rules/triggers.yaml lists.
    """
    every = sorted({text for rule in rules for text in beginnings_of_rule(rule)})
    return Beginnings(
        sure=tuple(text.decode("latin-1") for text in every if _is_sure(text)),
        short=tuple(text.decode("latin-1") for text in every if not _is_sure(text)),
    )


def beginnings_of_rule(rule: PatternRule) -> tuple[bytes, ...]:
    """Return the beginnings of a rule's secret.

    None if some secret has no literal beginning, or needs something else near it, or is not secret.
    """
    found = () if rule.plain or rule.near else _beginnings_of(rule.pattern)
    if not all(len(text) >= _SHORTEST for text in found):
        return ()
    return tuple(text for text in map(_cut, found) if text.strip(b"-_.:") not in _ORDINARY_WORDS)


@functools.lru_cache(maxsize=_KEPT)
def _beginnings_of(pattern: str) -> tuple[bytes, ...]:
    """Return the beginnings of the secret if those of the pattern are the same, else none."""
    found = beginnings(group_node(pattern, "secret"), longest=_LONGEST, most=_MOST_BEGINNINGS)
    return found if found == beginnings(parse(pattern), longest=_LONGEST, most=_MOST_BEGINNINGS) else ()


def _cut(text: bytes) -> bytes:
    """Cut a beginning so that it is not only a word, such as those of `github_pat_` and `sha256~`."""
    word = _WORD.match(text)
    return text[: max(_LENGTH, word.end() + 1 if word else 0)]


def _is_sure(text: bytes) -> bool:
    return ordinary_rate(text) <= _SURE_RATE


def split_triggers(found: Beginnings) -> tuple[Trigger, ...]:
    """Return the triggers of `js-string`, `js-call` and `html-split` for some beginnings."""
    return tuple(
        Trigger(name=name, prefilter=prefilter_of(parse(expression), whole=True))
        for name, expression in (*_pieces(found), *_character_codes(found), *_tags(found))
    )


_Expressions = Iterator[tuple[str, str]]
"""The name of a decoder and a free-spacing expression."""


def _pieces(found: Beginnings) -> _Expressions:
    for texts in _groups(found.sure, after_quote=True):
        yield "js-string", texts
    for texts in _groups(found.short):
        # joined, with a substitution, or whole; a short beginning is also that of words
        joined = r"""[A-Za-z0-9_\-.+/=\x20]{0,100} \\{0,3} ["'`] \s{0,8} (?: \+ | \.[a-z] )"""
        yield "js-string", rf"""["'`] {texts} {joined}"""
        yield "js-string", rf"""["'`] {texts} [A-Za-z0-9_\-.]{{0,100}} \$\{{"""
        yield "js-string", rf"""["'`] {texts} [A-Za-z]{{0,60}} [0-9] [A-Za-z0-9]{{2,115}} \\{{0,3}} ["'`]"""


def _character_codes(found: Beginnings) -> _Expressions:
    heads = sorted({text[:_CODES] for text in (*found.sure, *found.short)})
    lists = [r" , \s{0,8} ".join(map(_code, head)) for head in heads]
    for start in range(0, len(lists), _PER_TRIGGER):
        yield "js-call", rf"[\[(] \s{{0,8}} (?: {' | '.join(lists[start : start + _PER_TRIGGER])} ) ,"


def _tags(found: Beginnings) -> _Expressions:
    """Yield expressions for a beginning just before a tag, or a short one some way before it, with a digit between.

    Long words before a tag have a trigger in rules/triggers.yaml: words of any length after one of 200 sure beginnings
    made the pass twenty times as slow.
    """
    for texts in _groups(found.sure):
        yield "html-split", rf"{texts} < (?: {_TAG} )"
    for texts in _groups(found.short):
        yield "html-split", rf"{texts} [A-Za-z]{{0,60}} [0-9] [A-Za-z0-9]{{0,100}} < (?: {_TAG} )"


def _groups(texts: Iterable[str], *, after_quote: bool = False) -> Iterator[str]:
    """Yield choices of some texts that do not begin with one another; perhaps just after a quote, or its scheme."""
    every = sorted(texts)
    kept = [text for text in every if not any(text.startswith(other) for other in every if other != text)]
    for start in range(0, len(kept), _PER_TRIGGER):
        yield (_after_quote if after_quote else _choice)(kept[start : start + _PER_TRIGGER])


def _choice(texts: Iterable[str]) -> str:
    return f"(?: {' | '.join(map(_plain, texts))} )"


def _after_quote(texts: Sequence[str]) -> str:
    """Return a choice of texts after a quote and perhaps a scheme.

    A short text is written once for each quote: as literals of four bytes and more, and a third faster in the pass.
    """
    options = [rf"{quote} {_plain(text)}" for text in texts if len(text) <= _SHORT for quote in _QUOTES]
    schemes = r"(?: Bearer | Basic | [Tt]oken ) \x20"
    short = [text for text in texts if len(text) <= _SHORT]
    if short:
        options.append(f"{schemes} {_choice(short)}")
    if longer := [text for text in texts if len(text) > _SHORT]:
        options.append(rf"""["'`] (?: {schemes} )? {_choice(longer)}""")
    return f"(?: {' | '.join(options)} )"


def _plain(text: str) -> str:
    return "".join(f"\\x{ord(letter):02x}" for letter in text)


def _hex(letter: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{ord(letter):02x}")


def _code(letter: str) -> str:
    return f"(?: {ord(letter)} | 0x{_hex(letter)} )"
