"""Secrets that an app gives away in every encoding: one variable each, so that a finding names the place that has it."""

import base64
import gzip
import html
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tests.support.env_values import fake

GENERATED: Final = "generated"
"""Folder of the modules, below the sources of an app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A secret in one encoding."""

    variable: str
    value: str
    module: str = ""
    """The module that has it, below the sources; empty if a file that is served as it is has it, or the server sends it."""
    text: str = ""
    """Content of the module."""
    asset: bytes = b""
    """Content of the file that is served as it is."""
    name: str = ""
    """Its name."""
    via: str = ""
    """An encoding that a place of the finding names; empty if the reading of the file says it all."""
    path: str = ""
    """A part of the path of a place, for what only one file has."""


def special(seed: int) -> str:
    """Return a random text with characters that encodings escape, and that an env file can have in backticks."""
    return fake(seed, 12) + "\"/<+&'\\ é$=?>" + fake(seed + 500, 12)


def _kept(code: str, variable: str) -> str:
    """Return a module that no minifier drops; the name of the variable is in a comment only."""
    return f"// {variable} of the deployment\n(globalThis.kept ??= []).push({code})\n"


def _module(variable: str, value: str, code: str, via: str = "js-string", path: str = "") -> Plant:
    module = f"{GENERATED}/{variable.removeprefix('KEY_').lower().replace('_', '-')}.js"
    return Plant(variable=variable, value=value, module=module, text=_kept(code, variable), via=via, path=path)


def _literal(variable: str, value: str, encoded: str, via: str = "js-escape") -> Plant:
    return _module(variable, value, json.dumps(encoded, ensure_ascii=False), via)


def _asset(variable: str, value: str, name: str, asset: bytes, path: str) -> Plant:
    return Plant(variable=variable, value=value, name=name, asset=asset, path=path)


def _in_base64(number: int) -> tuple[Plant, Plant]:
    before = b"xyz"[:number]
    plain, url = special(120 + number), special(130 + number)
    return (
        _literal(f"KEY_BASE64_{number}", plain, base64.b64encode(before + plain.encode() + b"tail").decode(), "base64"),
        _literal(
            f"KEY_URL_SAFE_{number}", url, base64.urlsafe_b64encode(before + url.encode() + b"t").decode(), "base64"
        ),
    )


def _zip(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, text)
    return packed.getvalue()


def _plants() -> tuple[Plant, ...]:
    """Return all plants but those that a server sends, which each framework does in its own way."""
    joined, folded, codes, mapped = fake(101), fake(102), fake(103), special(104)
    reversed_, hexed, upper, json_text = special(105), special(106), special(107), special(108)
    wide, wide_be, zipped, gzipped = special(109), special(110), special(111), special(112)
    in_json, percent, entity, script = special(113), special(114), special(115), special(116)
    return (
        _literal("KEY_SCRIPT", script, script),
        Plant(
            variable="KEY_JSON",
            value=in_json,
            module=f"{GENERATED}/json.json",
            text=json.dumps({"name": "KEY_JSON", "text": in_json}),
            via="js-escape",
        ),
        _literal("KEY_JSON_TEXT", json_text, json.dumps({"text": json_text})),
        *(plant for number in range(3) for plant in _in_base64(number)),
        _literal("KEY_HEX", hexed, hexed.encode().hex(), "hex"),
        _literal("KEY_HEX_UPPER", upper, upper.encode().hex().upper(), "hex"),
        _literal("KEY_PERCENT", percent, f"/login?key={quote(percent, safe='')}&b=1", "percent"),
        _literal("KEY_ENTITY", entity, f'<a title="{html.escape(entity)}">', "html-entity"),
        _literal("KEY_REVERSED", reversed_, reversed_[::-1], "reversed"),
        _module("KEY_SPLIT", joined, f'["{joined[:10]}", "{joined[10:20]}", "{joined[20:]}"].join("")'),
        _module("KEY_FOLDED", folded, f'((part) => `${{part}}{folded[12:]}`)("{folded[:12]}")'),
        _module("KEY_CODES", codes, f"String.fromCharCode({', '.join(str(ord(each)) for each in codes)})"),
        _module("KEY_MAP", mapped, f"1 /* was {json.dumps(mapped, ensure_ascii=False)} */", "js-escape", ".map"),
        _asset("KEY_UTF16", wide, "strings.txt", f"key={wide}\r\n".encode("utf-16"), ".txt"),
        _asset(
            "KEY_UTF16_BINARY", wide_be, "labels.bin", b"\0\1" + f"key={wide_be}".encode("utf-16-be") + b"\0", ".bin"
        ),
        _asset("KEY_ZIP", zipped, "backup.zip", _zip("settings/app.ini", f"key = {zipped}\n"), "!/settings/app.ini"),
        _asset("KEY_GZIP", gzipped, "dump.json.gz", gzip.compress(json.dumps({"key": gzipped}).encode()), ".gz"),
    )


PLANTS: Final = _plants()
PAGE: Final = Plant(variable="KEY_PAGE", value=special(117), via="html-entity")
"""An attribute of a page that a framework renders; its entities are the framework's."""
PAYLOAD: Final = Plant(variable="KEY_PAYLOAD", value=special(118))
"""Data that a framework sends with a page, as JSON in a script, an attribute or a file of its own."""


def env_of(plants: tuple[Plant, ...]) -> str:
    """Return the env file that sets the variables, one a line, in quotes that all loaders take."""
    return "".join(f"{plant.variable}=`{plant.value}`\n" for plant in plants)


def modules_of(plants: tuple[Plant, ...], sources: str = "") -> Mapping[str, str]:
    """Return the modules, by path, and the one that imports them all."""
    files = {f"{sources}{plant.module}": plant.text for plant in plants if plant.module}
    names = [plant.module.rpartition("/")[2] for plant in plants if plant.module]
    scripts = "".join(f"import './{name}'\n" for name in names if name.endswith(".js"))
    data = "import json from './json.json'\n(globalThis.kept ??= []).push(json)\n"
    return {**files, f"{sources}{GENERATED}/index.js": scripts + data}


def assets_of(plants: tuple[Plant, ...], folder: str) -> Mapping[str, bytes]:
    """Return the files that are served as they are, by path."""
    return {f"{folder}/{plant.name}": plant.asset for plant in plants if plant.name}
