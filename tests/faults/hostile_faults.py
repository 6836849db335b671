"""Hostile texts of 1 MB, and hostile rules: each must stay under 2 s of CPU and 100 MB."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from tests.acceptance.support import token
from tests.faults.fault import Fault, Limits, Outcome
from tests.faults.launch import outcome, plant, scan
from tests.support.maps import MAP

_SIZE: Final = 1_000_000
_LIMITS: Final = Limits(cpu=2.0, memory=100_000_000)
_ALNUM: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _random(letters: str) -> str:
    return "".join(random.Random("hostile").choices(letters, k=_SIZE))


def _repeated(text: str) -> Callable[[], str]:
    return lambda: text * (_SIZE // len(text))


def _words(prefix: str) -> Callable[[], str]:
    def made() -> str:
        chance = random.Random(prefix)
        return " ".join(f"{prefix}{''.join(chance.choices(_ALNUM, k=9))}" for _ in range(_SIZE // 12))

    return made


def _inline_maps() -> str:
    import base64

    one = f"//# sourceMappingURL=data:application/json;base64,{base64.b64encode(MAP).decode()}\n"
    return one * (_SIZE // len(one))


def _equal_secrets() -> str:
    """One secret, written plainly, in base64 and escaped, again and again: readings of one place are compared."""
    import base64

    value = token("equal")
    encoded = base64.b64encode(value.encode()).decode()
    escaped = "".join(f"\\x{ord(letter):02x}" for letter in value)
    one = f"'{value}',atob('{encoded}'),'{escaped}',\n"
    return one * (_SIZE // len(one))


TEXTS: Final[Mapping[str, tuple[str, str, Callable[[], str]]]] = {
    "one-line": ("random letters and digits on one line", "m.js", lambda: _random(_ALNUM)),
    "quotes": ("quotes of three kinds", "m.js", _repeated("\"'`")),
    "brackets": ("opening brackets", "m.js", _repeated("[{(")),
    "nested-brackets": ("brackets nested in brackets", "m.js", lambda: "[" * (_SIZE // 2) + "]" * (_SIZE // 2)),
    "nested-json": ("JSON lists in lists", "m.json", lambda: "[" * (_SIZE // 2) + "]" * (_SIZE // 2)),
    "sk-words": ("words that begin like a Sanity token", "m.js", _words("sk")),
    "key-words": ("beginnings of other vendors' keys", "m.js", _repeated("sk_live_ AKIA ghp_ xoxb- SG. eyJ npm_ AC ")),
    "inline-maps": ("thousands of inline source maps", "m.js", _inline_maps),
    "equal-secrets": ("one secret in three readings, hundreds of times", "m.js", _equal_secrets),
    "escapes": ("`\\x41` escapes", "m.js", _repeated("\\x73\\x6b")),
    "unicode-escapes": ("`\\u{41}` escapes in one string", "m.js", lambda: f"'{_repeated(chr(92) + 'u{73}')()}'"),
    "backslashes": ("backslashes", "m.js", _repeated("\\")),
    "percent": ("percent escapes", "m.js", _repeated("%73%6b")),
    "entities": ("character references", "m.html", _repeated("&#115;&#x6b;")),
    "base64": ("letters of base64 that begin like an encoded token", "m.js", _words("c2t")),
    "base64-line": ("random letters of base64 on one line", "m.js", lambda: _random(f"{_ALNUM}+/")),
    "joins": ("lists that are joined", "m.js", _repeated("['s','k'].join('')+")),
    "tags": ("tags that do not close", "m.html", _repeated("<script a='")),
    "comments": ("comments that do not close", "m.ts", _repeated("/*`${")),
    "imports": ("imports of nothing", "m.ts", _repeated("import{a}from'./b';")),
    "yaml": ("YAML keys on one line", "m.yaml", _repeated("a: &b [*b, {c: ")),
}
"""Row, what it is made of, name of the file, the text."""


def _hostile(name: str, make: Callable[[], str], folder: Path) -> Outcome:
    """Scan a hostile text with a secret at its end, as a built and as a source file."""
    names = plant(folder, "a.js", "z.js", f"src/{name}")
    (folder / "package.json").write_text('{"dependencies": {"@sanity/client": "7"}}')
    (folder / "src" / name).write_text(f"{make()}\n'{token(name)}'\n")
    return outcome(scan("--jobs=1", ".", cwd=folder), names)


def _hostile_ignore(line: str, count: int, folder: Path) -> Outcome:
    names = plant(folder, "a.js", "z.js")
    (folder / f"{'a' * 200}.js").write_text("const a = 1\n")
    (folder / ".gitignore").write_text(f"{line}\n" * count)
    (folder / ".git").mkdir()
    return outcome(scan("--jobs=1", ".", cwd=folder), names)


_RULE: Final = """\
{{id: own-rule, name: own, severity: high, confidence: high, pattern: '{pattern}',
 samples: '{sample}', examples: ['own{{sample}}'], silent: [x], why: a, fix: b, references: ["https://example.com"]}}
"""

RULES: Final[Mapping[str, tuple[str, str, str]]] = {
    "nested": ("own(?P<secret>(?:a{1,9}){1,9}b)", "aab", f"own{'a' * 40}x_b "),
    "alternatives": ("own(?P<secret>(?:a|aa|a[a]){1,60}b)", "aab", f"own{'a' * 60}x_b "),
    "optional": ("own(?P<secret>(?:[a-z]{1,40}[0-9]?){1,12}-)", "abc1-", f"own{'a' * 200}_- "),
}
"""Expression, sample, and the text against which it is slow."""


def _hostile_rule(pattern: str, sample: str, text: str, folder: Path) -> Outcome:
    """Scan a text on which an own rule's expression backtracks, beside files with secrets of Sanity."""
    names = plant(folder, "a.js", "z.js")
    rules = folder.parent / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "own.yaml").write_text(_RULE.format(pattern=pattern, sample=sample))
    (folder / "m.js").write_text(f"own{sample} {text * (_SIZE // len(text))}")
    return outcome(scan("--jobs=1", f"--rules={rules}", ".", cwd=folder), names)


HOSTILE_FAULTS: Final = (
    *(
        Fault(
            name=f"hostile-{row}",
            injected=f"1 MB of {what}",
            run=partial(_hostile, name, make),
            code=1,
            times=2,
            limits=_LIMITS,
        )
        for row, (what, name, make) in TEXTS.items()
    ),
    Fault(
        name="hostile-ignore",
        injected="`.gitignore` with 1,000 lines `*a*a*a*a*ab`, and a name of 200 letters",
        run=partial(_hostile_ignore, "*a*a*a*a*ab", 1_000),
        code=1,
        times=2,
        limits=_LIMITS,
    ),
    Fault(
        name="hostile-ignore-size",
        injected="`.gitignore` with 1 MB of lines `*a*`, of which the last is not one",
        run=partial(_hostile_ignore, "*b*c", 200_000),
        code=1,
        says="patterns; the last",
        times=2,
        limits=_LIMITS,
    ),
    *(
        Fault(
            name=f"own-rule-{row}",
            injected=f"an own rule `{pattern}`, and 1 MB of text against which it is slow",
            run=partial(_hostile_rule, pattern, sample, text),
            code=1,
            says="m.js: rule own-rule timed out on this file",
            times=2,
            limits=_LIMITS,
        )
        for row, (pattern, sample, text) in RULES.items()
    ),
)
