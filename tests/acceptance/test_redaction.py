"""No report shows a value: not of the settings that misuse rules report, and not of what stands beside a secret."""

import base64
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from frontleak.core.secret_gate import RUN, mask_runs
from frontleak.rules.samples import draw
from tests.acceptance.support import frontleak, in_formats, installed, repository, token, write

FORMATS: Final = ("text", "json", "jsonl", "sarif")
PASSWORD: Final = draw("[A-Za-z0-9]{18}", "acceptance/password")
PHRASE: Final = draw("[a-p]{9}-[a-p]{9}-[a-p]{9}-[a-p]{9}", "acceptance/phrase")
PUNCTUATED: Final = (
    draw("[A-Za-z0-9]{9}", "acceptance/punctuated") + "!" + draw("[a-z0-9]{19}\\.[a-z]{12}", "acceptance/a")
)
VALUES: Final = {"a password": PASSWORD, "a pass phrase": PHRASE, "a value with punctuation": PUNCTUATED}


def reports(folder: Path, *arguments: str, formats: Sequence[str] = FORMATS) -> Iterator[str]:
    """Yield what is reported of a folder in each format; something is."""
    done_in = in_formats("scan", ".", "--show-public", "--show-server", *arguments, formats=formats, cwd=folder)
    for form, done in done_in.items():
        assert form != "json" or done.json()["findings"]
        yield done.out + done.err


def assert_hidden(value: str, text: str) -> None:
    """Check that a text holds no run of a value, plain or encoded."""
    for start in range(len(value) - RUN + 1):
        assert value[start : start + RUN] not in text
    assert mask_runs(text, [value.encode()]) == text


def package(**dependencies: str) -> str:
    """Return a package.json with some dependencies."""
    return json.dumps({"dependencies": dependencies})


SETTINGS: Final[Mapping[str, tuple[str, str, str]]] = {
    "a workflow": (
        package(next="15"),
        ".github/workflows/a.yml",
        "jobs:\n  b:\n    env:\n      NEXT_PUBLIC_SANITY_WRITE_TOKEN: {}\n",
    ),
    "GitLab": (package(next="15"), ".gitlab-ci.yml", "variables:\n  NEXT_PUBLIC_SANITY_WRITE_TOKEN: {}\n"),
    "Netlify": (
        package(next="15"),
        "netlify.toml",
        '[build.environment]\nNEXT_PUBLIC_SANITY_WRITE_TOKEN = "{}"\n',
    ),
    "Vercel": (
        package(next="15"),
        "vercel.json",
        '{\n "build": {\n  "env": {\n   "NEXT_PUBLIC_SANITY_WRITE_TOKEN": "{}"\n  }\n }\n}',
    ),
    "Next.js": (package(next="15"), "next.config.js", "module.exports={env:{SANITY_WRITE_TOKEN:'{}'}}\n"),
    "Vite": (
        package(vite="6"),
        "vite.config.js",
        "export default {define:{'process.env.SANITY_WRITE_TOKEN': JSON.stringify('{}')}}\n",
    ),
    "Nuxt": (
        package(nuxt="3"),
        "nuxt.config.ts",
        "export default defineNuxtConfig({runtimeConfig:{public:{sanityToken:'{}'}}})",
    ),
    "Nuxt with Sanity": (
        package(nuxt="3", **{"@nuxtjs/sanity": "1"}),
        "nuxt.config.ts",
        "export default defineNuxtConfig({modules:['@nuxtjs/sanity'],sanity:{projectId:'abcd1234',token:'{}'}})",
    ),
    "Gatsby": (package(gatsby="5"), "gatsby-config.js", "module.exports={siteMetadata:{sanityToken:'{}'}}"),
    "Expo": (package(expo="51"), "app.json", '{"expo": {"extra": {"sanityToken": "{}"}}}'),
    "Angular": (
        package(**{"@angular/core": "17"}),
        "src/environments/environment.ts",
        "export const environment={sanityToken:'{}'}",
    ),
    "Storybook": (
        package(**{"@storybook/react": "8"}),
        ".storybook/main.js",
        "module.exports={env:(c)=>({...c,SANITY_WRITE_TOKEN:'{}'})}",
    ),
    "webpack": (
        package(webpack="5"),
        "webpack.config.js",
        (
            "const {DefinePlugin}=require('webpack');"
            "module.exports={plugins:[new DefinePlugin({'process.env.SANITY_WRITE_TOKEN':JSON.stringify('{}')})]}"
        ),
    ),
    "an image": (
        package(next="15"),
        "Dockerfile",
        "FROM node:20\nENV NEXT_PUBLIC_SANITY_WRITE_TOKEN={}\n",
    ),
}


@pytest.mark.parametrize(("manifest", "path", "text"), SETTINGS.values(), ids=SETTINGS)
def test_the_value_of_a_setting_is_not_shown(tmp_path: Path, manifest: str, path: str, text: str) -> None:
    for name, value in VALUES.items():
        folder = repository(tmp_path / name)
        write(folder, {"package.json": manifest, path: text.replace("{}", value)})
        for shown in reports(folder, formats=FORMATS if value is PASSWORD else ("json",)):
            assert_hidden(value, shown)


ENCODINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "plain": lambda text: f'"{text}"',
    "single quotes": lambda text: f"'{text}'",
    "a template": lambda text: f"`{text}`",
    "pieces": lambda text: "+".join(f'"{text[at : at + 6]}"' for at in range(0, len(text), 6)),
    "reversed": lambda text: f'"{text[::-1]}".split("").reverse().join("")',
    "base64": lambda text: f'atob("{base64.b64encode(text.encode()).decode()}")',
    "percent": lambda text: f'decodeURIComponent("{"".join(f"%{ord(c):02x}" for c in text)}")',
    "entities": lambda text: '"' + "".join(f"&#{ord(c)};" for c in text) + '"',
    "hexadecimal escapes": lambda text: '"' + "".join(f"\\x{ord(c):02x}" for c in text) + '"',
    "unicode escapes": lambda text: '"' + "".join(f"\\u{ord(c):04x}" for c in text) + '"',
    "octal escapes": lambda text: '"' + "".join(f"\\{ord(c):o}" for c in text) + '"',
    "character codes": lambda text: f"String.fromCharCode({','.join(str(ord(c)) for c in text)})",
    "hexadecimal codes": lambda text: f"[{','.join(hex(ord(c)) for c in text)}]",
    "JSON": lambda text: f'JSON.parse("{{\\"a\\":\\"{text}\\"}}")',
    "an address": lambda text: f'"https://app:{text}@db.example.com/?a={text}"',
    "a comment": lambda text: f"1/* {text} */",
    "a regular expression": lambda text: f"/{text}/",
}


@pytest.mark.parametrize(
    "arguments",
    [(), ("--select", "sanity-token"), ("--ignore", "aws-*")],
    ids=["all rules", "one rule", "all rules but some"],
)
def test_a_neighbour_is_not_shown_whichever_rules_run(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Nor in a bundle of one line, wherever the window round the secret begins."""
    other, hidden = token("neighbour"), {*VALUES.values(), token("neighbour")}
    for (encoding, encode), (name, value) in itertools.product(ENCODINGS.items(), VALUES.items()):
        secret, text = token(f"{encoding}/{name}"), encode(value)
        hidden.add(secret)
        line = f'c={{mail:{text},token:"{secret}",p:{text},other:"{other}"}};'
        bundle = "d.e(f);" * 40 + line + "d.e(f);" * 40
        write(tmp_path, {f"{encoding}/{name}/a.js": line, f"{encoding}/{name}/b.js": bundle})
    for shown in reports(tmp_path, *arguments):
        for value in hidden:
            assert not any(value[start : start + RUN] in shown for start in range(len(value) - RUN + 1))
        assert mask_runs(shown, [value.encode() for value in hidden]) == shown


def test_what_the_installed_command_reports_of_a_neighbour(tmp_path: Path) -> None:
    key, secret_key = draw("AKIA[A-Z2-7]{16}", "acceptance/key"), draw("[A-Za-z0-9]{40}", "acceptance/secret")
    line = f'const c={{secretAccessKey:"{secret_key}",accessKeyId:"{key}",mail:"{PASSWORD}",token:"{token()}",'
    write(tmp_path, {"a.js": f'{line}p:"postgres://app:{PHRASE}@db.internal/x"}};\n'})
    for selected in ((), ("--select", "sanity-token"), ("--ignore", "aws-*")):
        printed = installed("scan", "a.js", *selected, cwd=tmp_path).out
        written = in_formats("scan", "a.js", *selected, formats=FORMATS, cwd=tmp_path, command=installed)
        for shown in (printed, *(done.out for done in written.values())):
            assert "sanity-token" in shown
            for hidden in (key, secret_key, PASSWORD, PHRASE, token()):
                assert_hidden(hidden, shown)


def test_the_code_around_stays_readable(tmp_path: Path) -> None:
    line = f'createClient({{projectId:"abcd1234",dataset:"production",apiVersion:"2025-02-19",token:"{token()}",a:1}})'
    write(tmp_path, {"a.js": line, ".env": f"NEXT_PUBLIC_SANITY_TOKEN={token('env')}\n"})
    report = frontleak("scan", ".", "--format", "json", "--select", "sanity-token", cwd=tmp_path).json()
    snippets = {finding["path"]: finding["snippet"] for finding in report["findings"]}
    assert '{projectId:"…(8)",dataset:"production",apiVersion:"2025-02-19",token:"sk' in snippets["a.js"]
    assert snippets[".env"].startswith("NEXT_PUBLIC_SANITY_TOKEN=sk")
