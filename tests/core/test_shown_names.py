"""Names stay as they are, and what may be a secret in them is cut."""

import json
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.core.origins import FileOrigin, MemberOrigin
from frontleak.core.shown_names import shown_name
from frontleak.rules.samples import draw
from tests.golden.golden import ROOT

NAMES: Final = (
    *("src/components/PreviewableContentBlockRenderer.tsx", "app.4f3c2a.js", "dist/assets/index-DiwrgTda.js.map"),
    *("_next/static/Xk2-aB9_cD4eF6gH8jK0l/_buildManifest.js", "static/js/main.8ffafbbe00112233aabb8ffafbbe0011.js"),
    *("a/550e8400-e29b-41d4-a716-446655440000.json", "/nix/store/0c5b1yqr4h1vvsgwzq7vq1p2jc1kqn9f-source/index.js"),
    *("node_modules/.pnpm/@babel+plugin-transform-modules-commonjs@7.23.0_@babel+core@7.23.0/index.js",),
    *("photos/IMG_20231224_123456_HDR2.jpg", "docs/2024-01-01-how-to-write-a-very-long-title-2.md"),
    *(
        "chunk-7KXQ2ABC.js",
        "railroad-peg-W4VBZIEU-7RBE7FRH.mjs",
        "objects/da/39a3ee5e6b4b0d3255bfef95601890afd80709",
        "XMLHttpRequestDNSLookupTLSHandshakeURL.ts",
    ),
    *("sha512/cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f.bin",),
    *("CONTRIBUTING-GUIDELINES-AND-CODE-OF-CONDUCT.md", "src/[...slug]/page.test.tsx", "a?vue&type=script&lang.ts"),
    *("its source map app.js.map is missing", "see https://example.com/a/b?c=1", "@scope/package/dist/index.js"),
)


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_as_they_are(name: str) -> None:
    assert shown_name(name) == name
    assert FileOrigin(path=name).display == name


def test_the_names_of_this_repository_stay_as_they_are() -> None:
    paths = [path.relative_to(ROOT).as_posix() for folder in ("scanner", "tests", "fixtures", "docs", "rules")
             for path in (ROOT / folder).rglob("*")]  # fmt: skip
    assert len(paths) > 500
    assert [path for path in paths if shown_name(path) != path] == []


def test_content_hashes_of_every_length_stay() -> None:
    hexadecimal, mixed = "[0-9a-f]", "[A-Za-z0-9_-]"
    for seed in range(300):
        for length in (8, 16, 20, 32, 40, 64, 128):
            name = f"app.{draw(f'{hexadecimal}{{{length}}}', f'{seed}')}.js"
            assert shown_name(name) == name
        for length in (8, 20, 21):
            name = f"assets/index.{draw(f'{mixed}{{{length}}}', f'{seed}')}.js"
            assert shown_name(name) == name


GRAMMARS: Final[Mapping[str, str]] = {
    "a Sanity token": "sk[A-Za-z0-9]{178}",
    "a short one": "sk[A-Za-z0-9]{78}",
    "letters and digits": "[A-Za-z0-9]{24}",
    "base64": "[A-Za-z0-9_-]{60}",
    "a key id": "[A-Z2-7]{20}",
    "letters": "[A-Za-z]{40}",
    "lower case": "[a-z0-9]{48}",
    "hexadecimal digits": "[0-9a-f]{360}",
}


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
def test_random_names_are_cut(grammar: str) -> None:
    missed = 0
    for seed in range(300):
        secret = draw(grammar, f"shown/{seed}")
        for name in (secret, f"a/{secret}/b.js", f"{secret}.txt", f"chunk-{secret}.js", f"no module {secret} found"):
            missed += secret[6:18] in shown_name(name)
    assert missed <= 15  # of 1,500: a random text may have the shape of words


def test_one_form() -> None:
    secret = draw("sk[A-Za-z0-9]{178}", "form")
    assert shown_name(f"a/{secret}.js") == f"a/{secret[:4]}…(180 characters).js"
    assert shown_name(f"a/token-{secret}.js") == f"a/token-{secret[:4]}…(180 characters).js"
    assert shown_name(shown_name(secret)) == shown_name(secret)


def test_addresses() -> None:
    assert shown_name("https://user:hunter2@host/x?token=hunter2&a=1#b") == "https://…@host/x?token=…&a=1#b"
    assert shown_name("https://unpkg.com/react@18") == "https://unpkg.com/react@18"


def test_origins_never_show_one() -> None:
    secret = draw("sk[A-Za-z0-9]{178}", "origin")
    file = FileOrigin(path=f"a/{secret}/b.js")
    for origin in (file, MemberOrigin(container=file, member=secret), MemberOrigin(container=file, member="")):
        for text in (origin.display, origin.uri, origin.logical_path):
            assert not any(secret[at : at + 12] in text for at in range(len(secret) - 11))


def test_every_character_is_accepted() -> None:
    for char in (*string.printable, "é", "\u202e", "\udcff", "\0"):
        assert isinstance(shown_name(char * 50), str)
    assert json.dumps(shown_name("x" * 100_000))
    assert Path(shown_name("a/b")) == Path("a/b")
