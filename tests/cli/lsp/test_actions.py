"""Code actions: none where there is nothing to do or where the edit would be wrong; what is offered works."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import installed, token, write
from tests.cli.lsp.client import EDITOR, Client, applied, editor
from tests.support.code import package


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    """An editor for many small projects in one folder, and that folder."""
    folder = tmp_path_factory.mktemp("projects")
    with editor(folder) as client:
        yield client, folder


@pytest.fixture
def project(shared: tuple[Client, Path]) -> tuple[Client, Path]:
    """The editor, and a new folder in the one that it has open."""
    client, folder = shared
    own = folder / f"p{len(list(folder.iterdir()))}"
    own.mkdir()
    return client, own


COMMENT, ENTRY, MOVE = "comment for", "entry in", "Move to a server variable"


def offered(client: Client, name: Path, text: str) -> dict[str, dict[str, Any]]:
    """Return the actions on the first finding in a text, by the beginning that tells them apart."""
    uri = client.open(name, text)
    found = client.diagnostics(uri)
    actions = client.actions(uri, found[0]["range"])
    assert all(each["kind"] == "quickfix" and each["diagnostics"] for each in actions)
    return {key: each for each in actions for key in (COMMENT, ENTRY, MOVE) if key in each["title"]}


def made(action: Mapping[str, Any], text: str) -> str:
    """Return a text after the edit of an action."""
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"]["version"] == 1
    return applied(text, change["edits"])


@pytest.mark.parametrize(
    ("name", "text", "comment"),
    [
        ("a.ts", "f()\n  const t = 'TOKEN'\n", "f()\n  // COMMENT\n  const t = 'TOKEN'\n"),
        ("crlf.ts", "f()\r\nt = 'TOKEN'\r\n", "f()\r\n// COMMENT\r\nt = 'TOKEN'\r\n"),
        (
            "a.tsx",
            "const a = (\n  <p>\n    TOKEN\n  </p>\n)\n",
            "const a = (\n  <p>\n    {/* COMMENT */}\n    TOKEN\n  </p>\n)\n",
        ),
        ("template.ts", "const a = `\n  t=TOKEN` + b\n", "const a = `\n  t=TOKEN` + b // COMMENT\n"),
        (".env", "A=1\nTOKEN_A=TOKEN\n", "A=1\n# COMMENT\nTOKEN_A=TOKEN\n"),
        ("a.yaml", "a:\n  t: TOKEN\n", "a:\n  # COMMENT\n  t: TOKEN\n"),
        ("a.css", "a { b: 'TOKEN' }\n", "/* COMMENT */\na { b: 'TOKEN' }\n"),
        ("a.vue", "<p>TOKEN</p>\n", "<!-- COMMENT -->\n<p>TOKEN</p>\n"),
        ("b.vue", "<script>\nt = 'TOKEN'\n</script>\n", "<script>\n// COMMENT\nt = 'TOKEN'\n</script>\n"),
        ("a.astro", "---\nt = 'TOKEN'\n---\n<p/>\n", "---\n// COMMENT\nt = 'TOKEN'\n---\n<p/>\n"),
        ("a.py", "t = 'TOKEN'\n", "# COMMENT\nt = 'TOKEN'\n"),
        ("a.json", '{"t": "TOKEN"}\n', ""),
        ("both.ts", "const a = `\nTOKEN\n`\n", ""),
        ("long.ts", f"t = 'TOKEN'; a = '{'a b ' * 600}'\n", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 12 else "",
)
def test_a_comment_in_the_syntax_of_its_place(name: str, text: str, comment: str, project: tuple[Client, Path]) -> None:
    client, folder = project
    write(folder, {"package.json": package("next")})
    secret = token()
    text = text.replace("TOKEN", secret).replace(f"{secret}_A", "TOKEN_A")
    actions = offered(client, folder / name, text)
    assert ENTRY in actions
    assert (COMMENT in actions) is bool(comment)
    if not comment:
        return
    after = made(actions[COMMENT], text)
    written = "frontleak: ignore[sanity-token] TODO: explain why this is not a leak"
    assert after == comment.replace("COMMENT", written).replace("TOKEN", secret).replace(f"{secret}_A", "TOKEN_A")
    uri = (folder / name).as_uri()
    assert client.diagnostics(uri, client.change(uri, after)) == []
    write(folder, {name: after})
    assert installed("scan", name, "--isolated", cwd=folder).code == 0


def test_a_comment_in_a_served_file_is_not_offered(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": package("next"), ".git/HEAD": "x", "dist/a.js": "x"})
    with editor(tmp_path) as client:
        assert COMMENT not in offered(client, tmp_path / "dist" / "a.js", f"t = '{token()}'\n")


@pytest.mark.parametrize(
    "config",
    [
        None,
        "# ours\nignore: [npm-access-token]\n",
        "ignore-findings:\n  - fingerprint: '" + "0" * 32 + "'\n    reason: old\n",
    ],
    ids=["none", "without entries", "with entries"],
)
def test_an_entry_in_the_configuration(config: str | None, tmp_path: Path) -> None:
    files = {"package.json": package("next"), "a.ts": f"// é😀\nt = '{token()}'\n"}
    write(tmp_path, files if config is None else {**files, ".frontleak.yaml": config})
    with editor(tmp_path) as client:
        action = offered(client, tmp_path / "a.ts", files["a.ts"])[ENTRY]
        *created, change = action["edit"]["documentChanges"]
        file = tmp_path / ".frontleak.yaml"
        assert change["textDocument"] == {"uri": file.as_uri(), "version": None}
        assert [each["kind"] for each in created] == (["create"] if config is None else [])
        file.write_text(applied(config or "", change["edits"]))
        client.save(file.as_uri())
        uri = (tmp_path / "a.ts").as_uri()
        assert client.diagnostics(uri, client.change(uri, files["a.ts"] + "\n")) == []
    assert installed("scan", cwd=tmp_path).code == 0
    assert file.read_text().startswith(config or "ignore-findings:")


def test_an_open_configuration_is_edited_as_it_is_open(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": package("next"), ".frontleak.yaml": "ignore: [npm-access-token]\n"})
    with editor(tmp_path) as client:
        opened = "ignore: [npm-access-token, stripe-secret-key]\nfail-on: high\n"
        client.open(tmp_path / ".frontleak.yaml", opened, "yaml")
        action = offered(client, tmp_path / "a.ts", f"t = '{token()}'\n")[ENTRY]
        assert made(action, opened).startswith(opened)


def test_an_editor_that_knows_only_changes(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": package("next")})
    capabilities = {key: value for key, value in EDITOR.items() if key != "workspace"}
    with editor(tmp_path, capabilities=capabilities) as client:
        text = f"t = '{token()}'\n"
        actions = offered(client, tmp_path / "a.ts", text)
        assert ENTRY not in actions  # it would have to create the file
        ((uri, edits),) = actions[COMMENT]["edit"]["changes"].items()
        assert uri == (tmp_path / "a.ts").as_uri()
        assert applied(text, edits).startswith("// frontleak: ignore[sanity-token]")


@pytest.mark.parametrize(
    ("framework", "name", "text", "after"),
    [
        ("next", "app/api/route.ts", "const t = 'TOKEN'\n", "const t = process.env.SANITY_TOKEN\n"),
        ("next", "app/api/route.ts", "f({ token: `TOKEN` })\n", "f({ token: process.env.SANITY_TOKEN })\n"),
        (
            "next",
            "lib/a.ts",
            "import 'server-only'\nconst t = 'TOKEN'\n",
            "import 'server-only'\nconst t = process.env.SANITY_TOKEN\n",
        ),
        (
            "astro",
            "src/pages/a.astro",
            "---\nconst t = 'TOKEN'\n---\n",
            "---\nconst t = import.meta.env.SANITY_TOKEN\n---\n",
        ),
        (
            "@sveltejs/kit",
            "src/routes/+page.server.ts",
            "import a from 'a'\nconst t = 'TOKEN'\n",
            "import { env } from '$env/dynamic/private'\nimport a from 'a'\nconst t = env.SANITY_TOKEN\n",
        ),
        # client-side or shared code, settings, other literals, no framework
        ("next", "app/a.tsx", "'use client'\nconst t = 'TOKEN'\n", ""),
        ("next", "lib/a.ts", "const t = 'TOKEN'\n", ""),
        ("next", "next.config.js", "module.exports = { env: { T: 'TOKEN' } }\n", ""),
        ("next", "app/api/route.ts", "const t = 'Bearer TOKEN'\n", ""),
        ("next", "app/api/route.ts", "const t = { 'TOKEN': 1 }\n", ""),
        ("next", "app/api/route.ts", "import 'TOKEN'\n", ""),
        ("next", "app/api/route.ts", "type T = 'TOKEN'\n", ""),
        ("next", "app/api/route.ts", "// 'TOKEN'\n", ""),
        ("next", "app/api/route.ts", "const t = <A b='TOKEN' />\n", ""),
        ("next", "public/a.json", '{"t": "TOKEN"}\n', ""),
        ("next", ".env", "T='TOKEN'\n", ""),
        ("vite", "src/a.server.ts", "const t = 'TOKEN'\n", ""),
        ("left-pad", "server/a.ts", "const t = 'TOKEN'\n", ""),
    ],
)
def test_moving_to_a_server_variable(
    framework: str, name: str, text: str, after: str, project: tuple[Client, Path]
) -> None:
    client, folder = project
    write(folder, {"package.json": package(framework)})
    secret = token()
    text = text.replace("TOKEN", secret)
    actions = offered(client, folder / name, text)
    assert (MOVE in actions) is bool(after)
    if after:
        assert made(actions[MOVE], text) == after
    assert secret[8:20] not in json.dumps(actions)


def test_no_action_on_what_is_stale(tmp_path: Path) -> None:
    with editor(tmp_path) as client:
        text = f"t = '{token()}'\n"
        uri = client.open(tmp_path / "a.ts", text)
        (found,) = client.diagnostics(uri)
        client.change(uri, f"a = 1\n{text}")
        assert client.actions(uri, found["range"]) == []
        assert client.hover(uri, 0, 6) == ""
