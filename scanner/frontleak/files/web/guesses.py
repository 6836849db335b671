"""What the build tools of a page serve although nothing names it, as rules/web/site.yaml tells."""

import re
from collections.abc import Iterator
from typing import Final

from frontleak.files.web.addresses import path_of, resolved
from frontleak.files.web.reference import Reference, Why
from frontleak.files.web.script_links import kind_of
from frontleak.files.web.site_facts import Guess, WebFramework, site_facts

_BASE: Final = re.compile(r"(?:https?://[\w.:\[\]-]{1,255})?(?:\.{1,2}(?=/))?(?:/[\w.~%@+-]{0,100}){0,12}\Z")
_LONGEST_BASE: Final = 400
_MOST_MARKS: Final = 8
"""Occurrences of a mark that are looked at."""
_MOST_NAMED: Final = 20_000


def guesses(text: str, url: str) -> Iterator[Reference]:
    """Yield what the frameworks of a page may serve, and the files that the data in the page names."""
    for framework in site_facts().frameworks:
        base = _base(text, framework.mark)
        if base is not None:
            yield from _of_framework(framework, text, url, resolved(url, base or "./"))


def _base(text: str, mark: str) -> str | None:
    """Return the URL before a mark; None if the page has the mark in no URL."""
    at = -1
    for _ in range(_MOST_MARKS):
        at = text.find(mark, at + 1)
        if at < 0:
            return None
        before = re.split(r"[\"'`\s<>()=\\,;]", text[max(0, at - _LONGEST_BASE) : at])[-1]
        if _BASE.match(before) and (before == "" or before.endswith("/")):
            return before
    return None


def _of_framework(framework: WebFramework, text: str, url: str, base: str) -> Iterator[Reference]:
    identity = next((found[1] for each in framework.ids if (found := each.search(text))), "")
    bare = resolved(url, path_of(url))
    bare = bare.removesuffix("index.html").removesuffix(".html")
    page = path_of(bare).removeprefix(path_of(base).rstrip("/")).strip("/")
    filled = {
        "base": base,
        "id": identity,
        "url": bare.rstrip("/") or bare,
        "page": page,
        "page_or_index": page or "index",
        "page_or_root": page or "_root",
    }
    if framework.named is not None:
        folder = framework.named_base.format_map(filled)
        for name in list(dict.fromkeys(framework.named.findall(text)))[:_MOST_NAMED]:
            yield Reference(resolved(folder, name), kind_of(name))
    for guess in (*framework.once, *framework.pages):
        if guess.needs in text and (identity or "{id}" not in guess.url):
            yield _filled(guess, filled)


def _filled(guess: Guess, values: dict[str, str]) -> Reference:
    target = guess.url.format_map(values)
    return Reference(target, kind_of(path_of(target)), Why.GUESSED, guess.headers)
