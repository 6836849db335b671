"""Places where a build puts a script: a file, a page, a string in another script, a source map."""

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
    "`<script>` in HTML": lambda code: f"<!doctype html><body><script type=module>{code}</script></body>",
    "`eval` of a development build": lambda code: f'({{"./src/app.ts":()=>{{eval({json.dumps(code)})}}}})',
    "source map next to the script": _map,
    "inline source map": _inline_map,
    "JSON string": lambda code: json.dumps({"files": [{"name": "app.js", "text": code}]}),
    "JSON string in a script": lambda code: f"window.state=JSON.parse({json.dumps(json.dumps({'text': code}))})",
    "HTML attribute": lambda code: f'<iframe srcdoc="{html.escape(f"<script>{code}</script>")}"></iframe>',
    "`data:` URL, base64": lambda code: (
        f'<script src="data:text/javascript;base64,{base64.b64encode(code.encode()).decode()}"></script>'
    ),
    "`data:` URL, percent-encoded": lambda code: f'<script src="data:text/javascript,{quote(code)}"></script>',
}
"""Embedding -> function that embeds a script."""
