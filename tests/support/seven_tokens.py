"""A site with seven tokens, each where another way to look finds it."""

import json
from typing import Final

from tests.acceptance.support import token
from tests.fakes.web_site import WebSite, mapped

TOKENS: Final = {
    name: token(f"site-{name}") for name in ("inline", "entry", "lazy", "manifest", "map", "fetched", "foreign")
}
"""Where it is -> a fake token."""
STATIC: Final = frozenset({"inline", "entry", "lazy", "manifest", "map"})
BROWSER: Final = frozenset({"inline", "entry", "lazy", "fetched", "foreign"})


def shop(cdn: str) -> WebSite:
    """Return a site built by webpack whose page also loads a script from another origin."""
    one = TOKENS
    lazy = f'export const lazy="{one["lazy"]}";\n//# sourceMappingURL=lazy-BmRVJDgz.js.map\n'
    return WebSite(
        files={
            "/": "<!doctype html><link rel=icon href='data:,'>"
            f'<script>const inline = "{one["inline"]}"</script>'
            '<script type=module src="/assets/index-DiwrgTda.js"></script>'
            f'<script src="{cdn}/widget.js"></script><a href="/private/">x</a><a href="/logout?now">y</a>',
            "/robots.txt": "User-agent: *\nDisallow: /private/\n",
            "/assets/index-DiwrgTda.js": f'const entry="{one["entry"]}";import("./lazy-BmRVJDgz.js");\n'
            "fetch('/api.json').then(r=>r.json()).then(()=>{document.title='done'});",
            "/assets/lazy-BmRVJDgz.js": lazy,
            "/assets/lazy-BmRVJDgz.js.map": mapped("../src/lazy.ts", f"// {one['map']}\nexport const lazy = 1;\n"),
            "/assets/admin-Q1w2E3r4.js": f'export const admin="{one["manifest"]}"',
            "/.vite/manifest.json": json.dumps({"src/admin.ts": {"file": "assets/admin-Q1w2E3r4.js"}}),
            "/api.json": json.dumps({"token": one["fetched"]}),
            "/private/": "<p>",
        }
    )


def widget() -> WebSite:
    """Return the other origin."""
    return WebSite(files={"/widget.js": f'window.widget="{TOKENS["foreign"]}"', "/robots.txt": ""})
