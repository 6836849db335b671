"""Selection of the files whose code is analysed, by file name and by the result of the pattern engine."""

import functools
import re
from typing import Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.lazy_regex import LazyRegex
from frontleak.core.vocabulary import Exposure
from frontleak.files.env_file import is_env_file
from frontleak.rules.frameworks import Framework, load_frameworks
from frontleak.rules.globs import expression
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.rules.ruleset import RuleSet

_BUILD_FILES: Final = ("*.{yml,yaml}", "{railway,fly}.toml", "{Docker,Container}file{,.*}", "*.Dockerfile")
"""Files that set variables for builds without a framework: workflows, pipelines, Dockerfiles, hosting settings."""
_SOURCE_ONLY: Final = frozenset({"ts", "tsx", "mts", "cts", "jsx", "vue", "svelte", "astro"})
"""Extensions of files that a build never writes."""
_SCRIPTS: Final = frozenset({"js", "mjs", "cjs"})
_PACKAGE_IMPORT: Final = LazyRegex(
    rb"^[ \t]*+(?:import\s[^;\"']{0,400}?\sfrom\s|import\s|(?:const|let|var)\s[^;\"'=]{1,200}=\s?require\()[ \t]*+"
    rb"[\"'](?:[a-z@][\w@./-]{1,100}|(?:https?://[\w.-]{1,60}/|npm:)[\w@./^~?=&,+-]{1,200})[\"']",
    re.MULTILINE,
)
"""Matches a line that imports a package by name, which a browser cannot resolve, or from a CDN."""
_LARGEST: Final = 200_000
"""Bytes of the largest script that is searched for such a line."""
_ENDINGS: Final = "{ts,tsx,mts,cts,js,jsx,mjs,cjs,vue,svelte,astro,html,htm}"


class Candidates:
    """Decides by name and pattern results whether the code of a file is analysed."""

    def __init__(self, ruleset: RuleSet) -> None:
        """Collect the file names that the misuse rules list."""
        rules = [rule for rule in ruleset.others if isinstance(rule, MisuseRule)]
        self._any = bool(rules)
        self._globs = tuple(sorted({glob.rpartition("/")[2] for rule in rules for glob in rule.files}))
        self._paths = tuple(sorted({f"**/{glob}" for rule in rules for glob in rule.files}))
        self._frameworks = ruleset.frameworks

    def is_candidate(self, blob: Blob, result: BlobResult) -> bool:
        """Return whether a file of a source tree is analysed."""
        name = blob.origin.path.rpartition("/")[2]
        path = blob.origin.path
        is_source = blob.exposure is Exposure.SOURCE or (not blob.placed and self._is_source(blob, name, path))
        if not self._any or not is_source:
            return False
        if result.has_code_trigger and (_code_names().fullmatch(name) or is_env_file(name)):
            return True
        if result.has_code_trigger and _build_names(self._frameworks or load_frameworks()).fullmatch(name):
            return True
        return self._is_listed(name, path)

    def _is_listed(self, name: str, path: str) -> bool:
        """Return whether a rule is about a file of this path; `main.js` alone is the name of many bundles."""
        if _listed_names(self._globs).fullmatch(name) is None:
            return False
        return _listed_names(self._paths).fullmatch(path) is not None

    def _is_source(self, blob: Blob, name: str, path: str) -> bool:
        """Return whether a file outside source trees and recognised build output is code before its build.

        Its name or an import of a package tells: built scripts have neither.
        """
        kind = name.rpartition(".")[2]
        if is_env_file(name) or kind in _SOURCE_ONLY:
            return True
        if kind in _SCRIPTS and self._is_listed(name, path):
            return True
        return len(blob.data) < _LARGEST and _PACKAGE_IMPORT.search(blob.data) is not None


def is_build_file(name: str) -> bool:
    """Return whether a file with a name sets variables for builds."""
    return _build_names(load_frameworks()).fullmatch(name) is not None


def _build_names(frameworks: tuple[Framework, ...]) -> re.Pattern[str]:
    globs = (glob for framework in frameworks for glob in framework.build_files)
    return _listed_names((*_BUILD_FILES, *globs), re.IGNORECASE)


@functools.cache
def _code_names() -> re.Pattern[str]:
    return re.compile(expression(f"*.{_ENDINGS}"))


@functools.cache
def _listed_names(globs: tuple[str, ...], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile("|".join(map(expression, globs)) or "(?!)", flags)
