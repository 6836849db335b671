"""How people write a token into a frontend: each shape is a small module with a deterministic fake."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Final

from frontleak.rules.samples import draw

_CLIENT: Final = (
    'createClient({projectId:"abcd1234",dataset:"production",apiVersion:"2024-01-01",useCdn:false,token:%s})'
)


def token(shape: str) -> str:
    """Return the fake token of a shape."""
    return draw("sk[A-Za-z0-9]{178}", f"matrix/{shape}")


def source(shape: str) -> str:
    """Return the module of a shape as handwritten source."""
    return f'import {{createClient}} from "@sanity/client";\n{SHAPES[shape](token(shape))}\n'


def _client(expression: str, before: str = "") -> str:
    return f"{before}\nexport const client = {_CLIENT % expression};"


def _parts(text: str, count: int = 3) -> list[str]:
    size = len(text) // count + 1
    return [text[at : at + size] for at in range(0, len(text), size)]


def _lines(text: str) -> list[str]:
    return [text[at : at + 76] for at in range(0, len(text), 76)]


def _quoted(parts: Sequence[str]) -> str:
    return ", ".join(json.dumps(part) for part in parts)


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _codes(text: str, form: str = "{}") -> str:
    return ", ".join(form.format(ord(c)) for c in text)


def _escaped(text: str, form: str) -> str:
    return '"' + "".join(form.format(ord(c)) for c in text) + '"'


def _key(text: str) -> str:
    return ", ".join(str(ord(c) ^ 42) for c in text)


SHAPES: Final[dict[str, Callable[[str], str]]] = {
    "plain": lambda t: _client(f'"{t}"'),
    "constant": lambda t: _client("token", f'const token = "{t}";'),
    "bearer template": lambda t: (
        f'const key = "{t}";\nexport const load = () => fetch("/x", {{headers: {{Authorization: `Bearer ${{key}}`}}}});'
    ),
    "plus": lambda t: _client(" + ".join(json.dumps(part) for part in _parts(t))),
    "plus of constants": lambda t: _client(
        "first + second", 'const first = "{}";\nconst second = "{}";'.format(*_parts(t, 2))
    ),
    "plus of variables": lambda t: _client(
        "first + second", 'let first = "{}";\nlet second = "{}";'.format(*_parts(t, 2))
    ),
    "template of constants": lambda t: _client("`${a}${b}`", 'const a = "{}";\nconst b = "{}";'.format(*_parts(t, 2))),
    "bearer + a + b": lambda t: (
        'const a = "{}";\nlet b = "{}";\n'.format(*_parts(t, 2))
        + 'export const load = () => fetch("/x", {headers: {Authorization: "Bearer " + a + b}});'
    ),
    "atob": lambda t: _client(f'atob("{_b64(t)}")'),
    "atob twice": lambda t: _client(f'atob(atob("{_b64(_b64(t))}"))'),
    "atob of parts": lambda t: _client("atob({})".format(" + ".join(json.dumps(p) for p in _parts(_b64(t))))),
    "join": lambda t: _client(f'[{_quoted(_parts(t))}].join("")'),
    "join of a constant list": lambda t: _client('parts.join("")', f"const parts = [{_quoted(_parts(t))}];"),
    "fromCharCode": lambda t: _client(f"String.fromCharCode({_codes(t)})"),
    "fromCharCode apply": lambda t: _client(f"String.fromCharCode.apply(null, [{_codes(t)}])"),
    "fromCharCode spread": lambda t: _client("String.fromCharCode(...codes)", f"const codes = [{_codes(t)}];"),
    "fromCharCode hex": lambda t: _client("String.fromCharCode({})".format(_codes(t, "0x{:02x}"))),
    "codes mapped": lambda t: _client(f'[{_codes(t)}].map((c) => String.fromCharCode(c)).join("")'),
    "codes under xor": lambda t: _client(f'[{_key(t)}].map((c) => String.fromCharCode(c ^ 42)).join("")'),
    "reversed": lambda t: _client(f'"{t[::-1]}".split("").reverse().join("")'),
    "\\x": lambda t: _client(_escaped(t, "\\x{:02x}")),
    "\\u": lambda t: _client(_escaped(t, "\\u{:04x}")),
    "\\u{}": lambda t: _client(_escaped(t, "\\u{{{:x}}}")),
    "Buffer base64": lambda t: _client(f'Buffer.from("{_b64(t)}", "base64").toString("utf8")'),
    "Buffer hex": lambda t: _client(f'Buffer.from("{t.encode().hex()}", "hex").toString()'),
    "nested settings": lambda t: _client(
        "settings.sanity.api.token", f'const settings = {{sanity: {{api: {{token: "{t}"}}}}}};'
    ),
    "parts in properties": lambda t: _client(
        "parts.a + parts.b", 'const parts = {{a: "{}", b: "{}"}};'.format(*_parts(t, 2))
    ),
    "environment inlined": lambda t: _client(
        "env.TOKEN", f'const env = {{MODE: "production", TOKEN: "{t}", DEV: false}};'
    ),
    "environment or default": lambda t: _client(f'process.env.SANITY_TOKEN || "{t}"'),
    "JSON.parse": lambda t: _client("JSON.parse({}).token".format(json.dumps(json.dumps({"token": t})))),
    "withConfig": lambda t: (
        f'const base = {_CLIENT % "undefined"};\nexport const client = base.withConfig({{token: "{t}"}});'
    ),
    "spread": lambda t: (
        f'const base = {{projectId: "abcd1234", token: "{t}"}};\nexport const client = createClient({{...base, useCdn: false}});'
    ),
    "decodeURIComponent": lambda t: _client('decodeURIComponent("{}")'.format("".join(f"%{ord(c):02X}" for c in t))),
    "replace": lambda t: _client('"{}".replace(/-/g, "")'.format("-".join(_parts(t, 9)))),
    "split and join": lambda t: _client('"{}".split("|").join("")'.format("|".join(_parts(t, 9)))),
    "+=": lambda t: _client("text", 'let text = "{}";\ntext += "{}";\ntext += "{}";'.format(*_parts(t))),
    "+= of a constant": lambda t: _client(
        "text",
        'const end = "{2}";\nlet text = "sk";\ntext += "{0}";\ntext += "{1}";\ntext += end;'.format(*_parts(t[2:])),
    ),
    "pushed to a list": lambda t: _client(
        'list.join("")', 'const list = [];\nlist.push("{}");\nlist.push("{}");\nlist.push("{}");'.format(*_parts(t))
    ),
    "line continuation": lambda t: _client('"{}\\\n{}\\\n{}"'.format(*_parts(t))),
    "unescape of %u": lambda t: _client('unescape("{}")'.format("".join(f"%u{ord(c):04x}" for c in t))),
    "atob of lines": lambda t: _client("atob(`\n{}\n`)".format("\n".join(_lines(_b64(t))))),
    "function return": lambda t: _client(
        "first() + second()",
        'function first() {{ return "{}"; }}\nconst second = () => "{}";'.format(*_parts(t, 2)),
    ),
    "index of a list": lambda t: _client("parts[0] + parts[1] + parts[2]", f"const parts = [{_quoted(_parts(t))}];"),
    "concat": lambda t: _client('"{}".concat("{}", "{}")'.format(*_parts(t))),
    "slice": lambda t: _client(f'"xx{t}yy".slice(2, -2)'),
}
"""Shape -> function that writes a token in this shape."""
