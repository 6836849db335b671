"""Files in which a value counts less that only its name calls a secret: tests, examples, documents, lock files."""

import functools
import re
from typing import Final

from frontleak.core.vocabulary import Severity
from frontleak.misuse.variable_names import is_test_file
from frontleak.rules.globs import expression
from frontleak.rules.load import load_data
from frontleak.rules.pattern_rule import PatternRule

_MOST_KNOWN: Final = 1024


def severity_in(rule: PatternRule, path: str) -> Severity | None:
    """Return the severity of a generic rule's match in a file, or None if it is not reported there."""
    if not rule.require.assigned:
        return rule.severity
    if _matches("silent_files", path):
        return None
    return Severity.LOW if is_test_file(path) or _matches("tests", path) else rule.severity


@functools.lru_cache(_MOST_KNOWN)
def _matches(kind: str, path: str) -> bool:
    globs = load_data("code/assigned.yaml")[kind]
    return any(re.fullmatch(f"(?:.*/)?{expression(glob)}", path) for glob in globs)
