"""Lines that a backslash continues are joined where they split a word, and nowhere else."""

import json
from collections.abc import Callable
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import views

TOKEN: Final = token("tests/decode/continued")
HEAD, MIDDLE, TAIL = TOKEN[:60], TOKEN[60:120], TOKEN[120:]

SILENT: Final = {
    "a command over lines": "docker run \\\n  --rm \\\n  --name web \\\n  -p 80:80 image\n",
    "a macro of C": "#define A(b) \\\n  do { \\\n    c(b); \\\n  } while (0)\n",
    "a shader in a string": 'a="uniform vec3 color;\\n\\\nvarying vec2 uv;\\n\\\nvoid main(){}\\n\\\n"',
    "a shader in a string of a string": json.dumps('a="uniform vec3 color;\\n\\\nvarying vec2 uv;\\n\\\n"'),
    "a path of Windows": "cd C:\\\r\n\r\ndir C:\\a\\\r\n",
    "a pattern": "/[\\n\\r\\\\]/.test(a)",
    "lines without a backslash": f"{HEAD}\n{MIDDLE}\n{TAIL}",
    "a list over lines": f'[\n  "{HEAD}",\n  "{MIDDLE}",\n  "{TAIL}"\n]',
    "entries of a catalogue": 'msgid ""\n"A note of 1 line, "\n"and another\\n"\nmsgstr ""\n"Eine Notiz, "\n"noch eine"\n',
    "attributes": '<a\n  class="a1"\n  id="b2"\n  title="c3"\n>',
    "members": 'a["b1"].c["d2"];e["."](".")',
    "blanks at a dot": f'"{HEAD}" .  . "{MIDDLE}{TAIL}"',
    "another escape at the end of a line": f'"{HEAD}\\n\n{MIDDLE}"',
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_continues_no_word_has_no_view(text: str) -> None:
    assert views(text.encode(), "continued") == []
    assert scan_text(text).detections == ()


FORMS: Final[dict[str, Callable[[], str]]] = {
    "a string": lambda: f'const c = "{HEAD}\\\n{MIDDLE}\\\n{TAIL}";',
    "a string with CRLF": lambda: f"const c = '{HEAD}\\\r\n{MIDDLE}\\\r\n{TAIL}';",
    "a template": lambda: f"const c = `{HEAD}\\\n{MIDDLE}\\\n{TAIL}`;",
    "many short lines": lambda: 'c = "' + "\\\n".join(TOKEN[at : at + 7] for at in range(0, len(TOKEN), 7)) + '"',
    "the first letter alone": lambda: f'c = "s\\\n{TOKEN[1:]}"',
    "the last letter alone": lambda: f'c = "{TOKEN[:-1]}\\\n{TOKEN[-1]}"',
    "a header": lambda: f'h = {{Authorization: "Bearer \\\n{HEAD}\\\n{MIDDLE}{TAIL}"}}',
    "CSS": lambda: f'a::after {{ content: "{HEAD}\\\n{MIDDLE}\\\n{TAIL}"; }}',
    "YAML": lambda: f'token: "{HEAD}\\\n  {MIDDLE}\\\n  {TAIL}"\n',
    "a property file": lambda: f"token={HEAD}\\\n      {MIDDLE}\\\n      {TAIL}\n",
    "a script": lambda: f"export TOKEN={HEAD}\\\n{MIDDLE}\\\n{TAIL}\n",
    "quoted pieces in a script": lambda: f'export TOKEN="{HEAD}"\\\n"{MIDDLE}"\\\n"{TAIL}"\n',
    "quoted pieces in Python": lambda: f"TOKEN = '{HEAD}' \\\n        '{MIDDLE}' \\\n        '{TAIL}'\n",
    "a Dockerfile": lambda: f"ENV A=b \\\n    TOKEN={HEAD}\\\n{MIDDLE}\\\n{TAIL}\n",
    "an .env file": lambda: f'TOKEN="{HEAD}\\\n{MIDDLE}\\\n{TAIL}"\n',
    "an empty continued line": lambda: f'const c = "{HEAD}\\\n\\\n{MIDDLE}{TAIL}";',
    "an attribute": lambda: f'<a data-token="{HEAD}\\\n{MIDDLE}\\\n{TAIL}">',
    "TOML": lambda: f'token = """\\\n  {HEAD}\\\n  {MIDDLE}\\\n  {TAIL}"""\n',
    "a Makefile": lambda: f"TOKEN := {HEAD}\\\n{MIDDLE}\\\n{TAIL}\n",
    "a script in JSON": lambda: json.dumps({"code": f'const c = "{HEAD}\\\n{MIDDLE}\\\n{TAIL}";'}),
    "a script with CRLF in JSON": lambda: json.dumps({"code": f'const c = "{HEAD}\\\r\n{MIDDLE}\\\r\n{TAIL}";'}),
    "a string with CR": lambda: f'const c = "{HEAD}\\\r{MIDDLE}\\\r{TAIL}";',
    "a string with a separator of lines": lambda: f'const c = "{HEAD}\\\u2028{MIDDLE}\\\u2029{TAIL}";',
    "literals of C": lambda: f'const char *c = "{HEAD}"\n                "{MIDDLE}"\n                "{TAIL}";',
    "literals of Python": lambda: f"c = ('{HEAD}'\r\n     '{MIDDLE}'\r\n     '{TAIL}')",
    "a dot of PHP": lambda: f"$c = '{HEAD}'.'{MIDDLE}' . '{TAIL}';",
    "a dot before a line": lambda: f'$c = "{HEAD}"\n    . "{MIDDLE}"\n    . "{TAIL}";',
    "a dot after a line": lambda: f'$c = "{HEAD}" .\n    "{MIDDLE}" .\n    "{TAIL}";',
    "two dots of Lua": lambda: f'local c = "{HEAD}" .. "{MIDDLE}" .. "{TAIL}"',
    "a script in eval": lambda: "eval(" + json.dumps(f'c = "{HEAD}\\\n{MIDDLE}{TAIL}"') + ")",
}


@pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
def test_a_token_over_continued_lines_is_one_finding(write: Callable[[], str]) -> None:
    text = write()
    (finding,) = scan_text(text).detections
    assert secret_of(finding).reveal().decode() == TOKEN
    place = text.encode()[finding.place.offset : finding.place.offset + finding.place.length].decode()
    assert place[0] == "s" or "eval" in text or text[0] == "{"
    assert len(place) < 2 * len(TOKEN)
