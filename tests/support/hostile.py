"""A project whose file names and contents attack whatever shows them, and what a CI runner does with its log."""

import os
from pathlib import Path
from typing import Final

from fixtures.fakes import fake_token

NAMES: Final = (
    "::error::x.js",
    "::stop-commands::y.js",
    "##[add-mask]x.js",
    "##vso[task.setvariable variable=a]b.js",
    "a%0A::warning file=b,line=1::c.js",
    "a,line=7:col=9.js",
    "<img src=x onerror=alert(1)>.js",
    "'\"><svg onload=alert(2)>&amp;&#60;.js",
    "]]>&lt;!--.js",
    "`a``b``` ![i](x) [l](javascript:alert(3)) @everyone #1 |x|.js",
    "*b* _i_ ~s~ $x$ <b>.js",
    "=cmd|' C'!A0,\"x\";.js",
    "\x1b[31m\u202e\u2028\r\n\u200bFORGED\x07\ufffe\uffff.js",
    " leading and trailing .js",
    "--- \n# heading.js",
)
"""Names of files."""
COUNT: Final = len(NAMES)
_CODE: Final = (
    "::add-mask::a\n##[error]b\n  ::warning::c\n</script><script>alert(4)</script><!-- ]]> --> "
    "\x1b[31m`` \u202e {{constructor}} ${{ github.token }} a(b,{{projectId:'abcd1234',token:\"{token}\"}}) "
    "</code></pre><img src=x onerror=alert(5)> ::error::d ##[group]e\n"
)
COMMANDS: Final = frozenset(
    (
        *("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "set-output", "save-state", "echo"),
        *("set-env", "add-path", "add-matcher", "remove-matcher", "stop-commands", "internal-set-repo-path"),
    )
)
"""Commands that GitHub's runner knows."""


def write_hostile(folder: Path) -> list[str]:
    """Write a file with a secret for each name that the system allows, and return the secrets."""
    secrets = []
    for number, name in enumerate(NAMES):
        token = fake_token(f"hostile {number}")
        try:
            (folder / name).write_text(_CODE.replace("{token}", token).replace("{{", "{").replace("}}", "}"), "utf-8")
        except OSError:
            if os.name != "nt":
                raise
            continue
        secrets.append(token)
    os.symlink("nowhere", folder / "link ::error::.js")
    return secrets


def runner_commands(log: str) -> list[str]:
    """Return the commands in a log as GitHub's runner reads them: `::name …::` begins a line, `##[name …]` is anywhere."""
    found = []
    for line in log.splitlines():
        text = line.lstrip()
        if text.startswith("::") and "::" in text[2:]:
            name = text[2:].partition("::")[0].partition(" ")[0]
            if name in COMMANDS:
                found.append(name)
                continue
        if "##[" in line:
            rest = line.partition("##[")[2]
            name = rest.partition("]")[0].partition(" ")[0]
            if "]" in rest and name in COMMANDS:
                found.append(name)
    return found
