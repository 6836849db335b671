"""Names show no secret: files, folders, members of archives, sources and names of maps, specifiers, keys, arguments."""

import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.core.secret_gate import RUN, mask_runs
from frontleak.rules.samples import draw
from tests.acceptance.support import Run, frontleak, in_formats, installed, token, write

FORMATS: Final = ("text", "json", "jsonl", "sarif")
SECRET: Final = token("named")
SHORT: Final = draw("glpat-[A-Za-z0-9]{20}", "acceptance/names")
"""A secret in a name that could also be a hash."""
OTHER: Final = token("found")


def zipped(files: Mapping[str, str]) -> bytes:
    """Return a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _map(secret: str, **fields: object) -> str:
    plain = {"version": 3, "sources": ["a.ts"], "names": [], "mappings": "AAAA", "sourcesContent": [f'x="{OTHER}"']}
    assert secret
    return json.dumps(plain | fields)


PACKAGE: Final = json.dumps({"dependencies": {"@sanity/client": "7", "next": "15"}})
NAMED: Final[Mapping[str, Callable[[str], Mapping[str, str | bytes]]]] = {
    "a file": lambda secret: {f"{secret}.js": f'x="{OTHER}"'},
    "a folder": lambda secret: {f"{secret}/a.js": f'x="{OTHER}"'},
    "a file that holds it": lambda secret: {f"{secret}.js": f'x="{secret}"'},
    "a member": lambda secret: {"a.zip": zipped({f"{secret}.js": f'x="{OTHER}"'})},
    "a broken archive": lambda secret: {f"{secret}.zip": zipped({"a.js": "x" * 9999})[:-60] + b"x"},
    "a source": lambda secret: {
        "a.js.map": _map(secret, sources=[f"https://user:{secret}@host/{secret}.ts?token={secret}"])
    },
    "the root of sources": lambda secret: {"a.js.map": _map(secret, sourceRoot=f"https://u:{secret}@host/{secret}/")},
    "a long source": lambda secret: {"a.js.map": _map(secret, sources=[f"{'a/' * 505}{secret}/{secret}.ts"])},
    "a name in a map": lambda secret: {"a.js.map": _map(secret, names=[secret])},
    "the address of a map": lambda secret: {
        "a.js": f'x="{OTHER}"\n//# sourceMappingURL=https://h/{secret}.map?t={secret}'
    },
    "a long address of a map": lambda secret: {"a.js": f'x="{OTHER}"\n//# sourceMappingURL={"a" * 85}/{secret}.map'},
    "a key": lambda secret: {"a.json": json.dumps({secret: {secret: OTHER}})},
    "a key in a script": lambda secret: {
        "a.js": f'window.state={{"{secret}":{{{secret.replace("-", "_")}:"{OTHER}"}}}}'
    },
    "a link": lambda secret: {"a.js": f'x="{OTHER}"', f"{secret}.js": b"link"},
    "an import": lambda secret: {
        "package.json": PACKAGE,
        "src/a.tsx": (
            f"'use client'\nimport z from './chunk-{SECRET}.js'\nimport x from './{secret}.js'\nimport y from './{'a' * 66}{secret}'\n"
            "import {createClient} from '@sanity/client'\n"
            "createClient({token: process.env.NEXT_PUBLIC_SANITY_TOKEN})\n"
        ),
    },
    "a source file": lambda secret: {
        "package.json": PACKAGE,
        f"src/{secret}/a.tsx": (
            "'use client'\nimport {createClient} from '@sanity/client'\n"
            f"createClient({{token: process.env.NEXT_PUBLIC_SANITY_TOKEN}}).fetch('{secret}')\n"
        ),
    },
    "broken settings of a project": lambda secret: {
        f"project-{secret}/package.json": PACKAGE,
        f"project-{secret}/tsconfig.json": "{",
        f"project-{secret}/a.tsx": (
            "'use client'\nimport {createClient} from '@sanity/client'\n"
            "createClient({token: process.env.NEXT_PUBLIC_SANITY_TOKEN})\n"
        ),
    },
    "a served folder": lambda secret: {f"dist/{secret}/.env": f"A={OTHER}", "dist/index.html": "<p>"},
    "a data set": lambda secret: {"a.js": f'createClient({{dataset:"{secret}",projectId:"abcd1234",token:"{OTHER}"}})'},
}


def assert_hidden(done: Run, *secrets: str) -> None:
    """Check that a run shows no run of a secret, plain or encoded."""
    text = done.out + done.err
    for secret in secrets:
        value = secret.removeprefix("glpat-")
        assert not any(value[at : at + RUN] in text for at in range(len(value) - RUN + 1)), text
        assert mask_runs(text, [value.encode()]) == text


@pytest.mark.parametrize("files", NAMED.values(), ids=NAMED)
def test_a_name_shows_no_secret(tmp_path: Path, files: Callable[[str], Mapping[str, str | bytes]]) -> None:
    for name, secret in (("long", SECRET), ("short", SHORT)):
        folder = tmp_path / name
        write(folder, files(secret))
        for link in folder.rglob("*"):
            if link.is_file() and link.read_bytes() == b"link":
                link.unlink()
                os.symlink("/etc/hostname", link)
        arguments = ("scan", ".", "--isolated", "--show-server")
        for done in in_formats(*arguments, formats=FORMATS, cwd=folder).values():
            assert_hidden(done, SECRET, OTHER, SHORT)
        if secret is SECRET:
            assert_hidden(installed(*arguments, "--format", "sarif", cwd=folder), SECRET, OTHER, SHORT)


ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "no such file": ("scan", "{}.js"),
    "no such folder for a report": ("scan", ".", "-o", "{}/a.json"),
    "no such rules": ("scan", ".", "--rules", "{}.yaml"),
    "no such configuration": ("scan", ".", "--config", "{}.yaml"),
    "no such rule": ("scan", ".", "--select", "{}"),
    "a bad configuration": ("scan", ".", "--config", "bad.yaml"),
    "a bad rule": ("scan", ".", "--rules", "rule.yaml"),
    "checking a bad rule": ("rules", "check", "rule.yaml"),
    "an unknown format": ("scan", ".", "--format", "{}"),
    "an unknown option": ("scan", ".", "--{}"),
    "a token as an argument": ("verify", "{}"),
    "an unknown command": ("{}",),
}


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
def test_an_error_shows_no_secret(few_rules: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write(
        tmp_path,
        {
            "a.js": "x=1",
            "bad.yaml": f"scan:\n  {SECRET}: 1\n  exclude: [{SECRET}]\n{SECRET}: {SECRET}\n",
            "rule.yaml": f"id: {SECRET}\n{SECRET}: {SECRET}\nkind: {SECRET}\nseverity: {SECRET}\n",
        },
    )
    done = frontleak(*(argument.replace("{}", SECRET) for argument in arguments), cwd=tmp_path)
    assert done.code == 2 or arguments[0] == "rules"
    assert done.err or done.out
    assert_hidden(done, SECRET)


def test_ordinary_paths_are_shown_in_full(tmp_path: Path) -> None:
    path = "src/components/4f3c2a/Xk2-aB9_cD4eF6gH8jK0l/PreviewableContentBlockRenderer.4f3c2a9b.js"
    write(tmp_path, {path: f'x="{OTHER}"'})
    (finding,) = installed("scan", ".", "--format", "json", cwd=tmp_path).json()["findings"]
    assert finding["path"] == path
