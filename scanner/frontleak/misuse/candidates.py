"""Which files are worth analysing, by their names; the others by what the engine's one pass saw in them."""

import functools
import re
from typing import Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.vocabulary import Exposure
from frontleak.rules.globs import expression
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.rules.ruleset import RuleSet

ENV_FILE: Final = re.compile(r"\.env(?:\..+)?")
"""Names of files with a variable a line."""
BUILD_FILE: Final = re.compile(
    r".+\.ya?ml|(?:netlify|railway|fly)\.toml|(?:vercel|now|eas)\.json|(?:Docker|Container)file(?:\..+)?|.+\.Dockerfile",
    re.IGNORECASE,
)
"""Names of files that set variables where the app is built: workflows, pipelines, images, settings of hosts."""
_ENDINGS: Final = "{ts,tsx,mts,cts,js,jsx,mjs,cjs,vue,svelte,astro,html,htm}"


class Candidates:
    """Says of a file, by its name and what was seen in it, whether its code is analysed."""

    def __init__(self, ruleset: RuleSet) -> None:
        """Take the files that rules about settings name."""
        rules = [rule for rule in ruleset.others if isinstance(rule, MisuseRule)]
        self._any = bool(rules)
        self._globs = tuple(sorted({glob.rpartition("/")[2] for rule in rules for glob in rule.files}))

    def is_candidate(self, blob: Blob, result: BlobResult) -> bool:
        """Say whether a file of a source tree is to be analysed."""
        if not self._any or blob.exposure is not Exposure.SOURCE:
            return False
        name = blob.origin.path.rpartition("/")[2]
        if result.code and (_code().fullmatch(name) or ENV_FILE.fullmatch(name) or BUILD_FILE.fullmatch(name)):
            return True
        return _settings(self._globs).fullmatch(name) is not None


@functools.cache
def _code() -> re.Pattern[str]:
    return re.compile(expression(f"*.{_ENDINGS}"))


@functools.cache
def _settings(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(expression, globs)) or "(?!)")
