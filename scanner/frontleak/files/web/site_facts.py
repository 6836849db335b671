"""What is known of deployed sites, from rules/web/site.yaml."""

import functools
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from frontleak.files.web.addresses import path_of
from frontleak.rules.load import load_data


class Guess(NamedTuple):
    """A URL that a framework may serve; its text has places in braces."""

    url: str
    needs: str
    """A text that the page must have; empty for none."""
    headers: tuple[tuple[str, str], ...]


class WebFramework(NamedTuple):
    """What one framework serves that nothing names."""

    mark: str
    ids: tuple[re.Pattern[str], ...]
    named: re.Pattern[str] | None
    """Files that a page names in its data."""
    named_base: str
    once: tuple[Guess, ...]
    pages: tuple[Guess, ...]


class SiteFacts(NamedTuple):
    """The content of the file."""

    script_lists: re.Pattern[str]
    chunk_functions: re.Pattern[str]
    public_path: re.Pattern[str]
    chunk_ids: re.Pattern[str]
    attributes: frozenset[str]
    lists: Mapping[str, str]
    """Glob of a path -> the folder that the names in such a file count from."""
    frameworks: tuple[WebFramework, ...]
    probes: tuple[str, ...]

    def list_folder(self, url: str) -> str | None:
        """Return the folder that the names in a list count from, relative to it; None if a URL is of no list."""
        path = path_of(url)
        return next((folder for glob, folder in self.lists.items() if fnmatchcase(path, glob)), None)


@functools.cache
def site_facts() -> SiteFacts:
    """Return the facts.

    Raises:
        RuleError: the file is missing or invalid.
    """
    data = load_data("web/site.yaml")
    return SiteFacts(
        script_lists=re.compile("|".join(f"(?:{each})" for each in data["script_lists"])),
        chunk_functions=re.compile("|".join(f"(?:{each})" for each in data["chunk_functions"])),
        public_path=re.compile(data["public_path"]),
        chunk_ids=re.compile(data["chunk_ids"]),
        attributes=frozenset(data["attributes"]),
        lists={each["path"]: each.get("folder", "") for each in data["lists"]},
        frameworks=tuple(map(_framework, data["frameworks"])),
        probes=tuple(data["probes"]),
    )


def _framework(data: Mapping[str, Any]) -> WebFramework:
    named = data.get("named")
    return WebFramework(
        mark=data["mark"],
        ids=tuple(map(re.compile, data.get("ids", ()))),
        named=re.compile(named["pattern"]) if named else None,
        named_base=named["base"] if named else "",
        once=tuple(map(_guess, data.get("once", ()))),
        pages=tuple(map(_guess, data.get("pages", ()))),
    )


def _guess(data: Mapping[str, Any]) -> Guess:
    return Guess(data["url"], data.get("needs", ""), tuple(data.get("headers", {}).items()))
