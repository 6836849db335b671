"""Rules of all kinds except `pattern`, made of valid documents, and their form in the cache."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from frontleak.core.rule import Rule
from frontleak.core.vocabulary import RuleKind
from frontleak.rules.env_value_rule import env_value_rule
from frontleak.rules.file_rule import file_rule
from frontleak.rules.misuse_rule import misuse_rule

if TYPE_CHECKING:
    from frontleak.rules.documents import Document

_FOR_CHECKS_ONLY: Final = frozenset({"examples", "silent", "samples"})


def other_rule(document: "Document") -> Rule:
    """Return the rule of a document that is valid in form."""
    return restored(stored(document))


def stored(document: "Document") -> dict[str, Any]:
    """Return the form in the cache: what a scan needs of a document."""
    data = {name: value for name, value in document.value.items() if name not in _FOR_CHECKS_ONLY}
    return {"data": data, "source": document.where("id"), "shipped": document.shipped}


def restored(item: Mapping[str, Any]) -> Rule:
    """Return the rule of a form in the cache.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it has another form.
    """
    data = item["data"]
    if data["kind"] == RuleKind.FILE:
        return file_rule(data, item["source"], shipped=item["shipped"] is True)
    if data["kind"] == RuleKind.ENV_VALUE:
        return env_value_rule(data, item["source"])
    return misuse_rule(data, item["source"])
