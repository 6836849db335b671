"""Where a build may put a script: in a file, in a page, in a string of another script, in a source map."""

import base64
import html
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote


def _map(code: str) -> str:
    return json.dumps({"version": 3, "sources": ["src/app.ts"], "sourcesContent": [code], "mappings": "AAAA"})


def _inline_map(code: str) -> str:
    encoded = base64.b64encode(_map(code).encode()).decode()
    return f"let a=1;\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{encoded}\n"


EMBEDDINGS: Final[dict[str, Callable[[str], str]]] = {
    "script file": lambda code: code,
    "`<script>` in a page": lambda code: f"<!doctype html><body><script type=module>{code}</script></body>",
    "`eval` of a development build": lambda code: f'({{"./src/app.ts":()=>{{eval({json.dumps(code)})}}}})',
    "source map beside the script": _map,
    "inline source map": _inline_map,
    "JSON string": lambda code: json.dumps({"files": [{"name": "app.js", "text": code}]}),
    "JSON string in a script": lambda code: f"window.state=JSON.parse({json.dumps(json.dumps({'text': code}))})",
    "attribute of a page": lambda code: f'<iframe srcdoc="{html.escape(f"<script>{code}</script>")}"></iframe>',
    "`data:` address, base64": lambda code: (
        f'<script src="data:text/javascript;base64,{base64.b64encode(code.encode()).decode()}"></script>'
    ),
    "`data:` address, percent": lambda code: f'<script src="data:text/javascript,{quote(code)}"></script>',
}
"""Name -> how a script is embedded so."""
