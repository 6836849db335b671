"""The vendors of rules: the names of their files."""

from collections.abc import Iterable
from pathlib import PurePath

from frontleak.core.errors import ConfigError
from frontleak.core.rule import Rule

_ONE_VENDOR = "rules/sanity"
"""Folder of the rules of one vendor, which has the vendor's name."""
_NO_VENDOR = ("rules/files", "rules/usage")
"""Folders of rules that are about no vendor's secret."""


def vendor_of(rule: Rule) -> str:
    """Return the vendor whose secret a rule finds: the name of its file without the ending; empty if there is none."""
    file = PurePath(rule.source.rpartition(":")[0])
    folder = file.parent.as_posix()
    return "" if folder in _NO_VENDOR else file.parent.name if folder == _ONE_VENDOR else file.stem


def of_vendor(name: str, rules: Iterable[Rule], *, known: bool = True) -> tuple[Rule, ...]:
    """Return the rules of a vendor, in the order given.

    Raises:
        ConfigError: there are none, and there have to be some (`known`).
    """
    by_vendor: dict[str, list[Rule]] = {}
    for rule in rules:
        by_vendor.setdefault(vendor_of(rule), []).append(rule)
    found = tuple(by_vendor.get(name.lower(), ())) if name else ()
    if known and not found:
        from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

        close = get_close_matches(name[:80].lower(), sorted(filter(None, by_vendor)), n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ConfigError(f"there is no vendor {name[:80]!r}{hint}", advice="`frontleak rules list` shows all rules")
    return found
