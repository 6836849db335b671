"""Scans random files full of secrets with the installed command, and looks for parts of the secrets in all it writes.

    python -m tests.properties.redaction --minutes 30 [--seed 1] [--keep FOLDER]

Each round writes many files: secrets of all vendors and passwords, drawn from grammars, in random encodings, readings,
names and company. One scan writes every format. Nothing that it writes (reports, standard output and error, cache,
temporary files) may hold a run of 12 characters of the variable part of a secret, plain or encoded. The search for such
runs shares no code with the tool.
"""

import argparse
import base64
import functools
import gzip
import html
import io
import json
import os
import random
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from frontleak.core.vocabulary import Exposure
from frontleak.report.registry import REPORTERS
from frontleak.rules.samples import draw
from frontleak.selfcheck.pattern_rules import fakes
from tests.acceptance.support import Run, installed
from tests.properties.hostile_rules import write_hostile_rules
from tests.support.shipped import Shipped, shipped

RUN: Final = 12
"""Characters of a secret in a row that nothing may show."""
FORMATS: Final = tuple(reporter.name for reporter in REPORTERS)
_OTHERS: Final = 4
"""Of this many rounds, one also runs the other commands that show findings."""
_WORDS: Final = (
    *("token", "secret", "key", "password", "apiKey", "auth", "value", "note", "id"),
    *("name", "config", "client", "url", "a", "b", "x", "data", "mail"),
)


@dataclass(slots=True)
class Planted:
    """The files of one round, and the secrets in them."""

    files: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, "Public"] = field(default_factory=dict)
    """Secret -> what every secret of its kind may have."""
    where: dict[str, str] = field(default_factory=dict)
    """Secret -> a file with it."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A part of a secret in something that the command wrote."""

    place: str
    run: str
    secret: str
    file: str
    text: str


@dataclass(slots=True)
class Figures:
    """What a series of rounds did."""

    rounds: int = 0
    files: int = 0
    secrets: int = 0
    findings: int = 0
    bytes: int = 0
    cached: set[tuple[str, int]] = field(default_factory=set)
    """Files of the cache that were searched: name, hash of the content."""
    leaks: list[Leak] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"{self.rounds} scans, {self.files} files, {self.secrets} secrets, {self.findings} findings"
        return f"{counts}, {self.bytes / 1e6:.1f} MB of output read, {len(self.leaks)} leaks"


# --- what is planted -------------------------------------------------------------------------------------------------


def _runs(text: str) -> Iterator[str]:
    return (text[at : at + RUN] for at in range(len(text) - RUN + 1))


Public = tuple[frozenset[str], frozenset[str]]
"""Texts with which several secrets of a kind begin, and other runs that many of them have."""
_ALIKE: Final = 3
"""Other secrets of a kind that begin alike: `access-production-`, or a character more by chance."""
SECRET: Final[Public] = (frozenset(), frozenset())
"""What is public in a password: nothing."""


def _public(item: Shipped) -> Public:
    """Return what secrets of a rule have in common."""
    seen: set[str] = set()
    common: set[str] = set()
    grammar = {"sample": item.syntax.samples["sample"]}
    values = [fakes(grammar, item.rule, f"public/{number}")["sample"] for number in range(40)]
    for value in values:
        runs = set(_runs(value))
        common |= seen & runs
        seen |= runs
    ordered = sorted(values)  # those that begin most alike are next to each other
    begins = {
        sorted((os.path.commonprefix([value, other]) for other in near), key=len)[-_ALIKE - 1]  # noqa: RUF071 - texts
        for at, value in enumerate(ordered)
        if (near := ordered[max(0, at - _ALIKE) : at + _ALIKE + 1])
    }
    return frozenset(begins), frozenset(common)


_NAMED: Final = ("sanity-token", "github-token", "npm-access-token", "stripe-live-key", "gitlab-access-token")
"""Rules whose secrets are recognised in a name."""


@functools.cache
def _vendors(*, named: bool) -> list[Shipped]:
    return [
        item
        for item in shipped()
        if item.rule.exposure is not Exposure.PUBLIC and not item.rule.plain
        if not named or item.rule.id in _NAMED
    ]


_PUBLIC: Final[dict[str, Public]] = {}
"""What secrets of a rule have in common: tens of milliseconds each, for the rules that a round draws from."""


def _public_of(item: Shipped) -> Public:
    if (rule := item.rule.id) not in _PUBLIC:
        _PUBLIC[rule] = _public(item)
    return _PUBLIC[rule]


_PASSWORDS: Final = (
    *("[A-Za-z0-9]{18}", "[a-p]{9}-[a-p]{9}-[a-p]{9}", "[A-Za-z0-9]{9}![a-z0-9]{12}\\.[a-z]{8}", "[a-f0-9]{24}"),
    *("[A-Z2-9]{16}", "[a-z]{16}", "[0-9]{18}", "[A-Za-z]{6} [A-Za-z]{7} [a-z]{8}", "[A-Za-z0-9+/]{30}=="),
)


def _codes(text: str, form: str = "{}", between: str = ",") -> str:
    return between.join(form.format(ord(char)) for char in text)


def _pieces(text: str, rng: random.Random) -> list[str]:
    pieces, at = [], 0
    while at < len(text):
        size = rng.randint(1, 40)
        pieces.append(text[at : at + size])
        at += size
    return pieces


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


Encode = Callable[[str, random.Random], str]
RAW: Final[Mapping[str, Encode]] = {
    "plain": lambda text, _: text,
    "base64": lambda text, rng: _b64("x" * rng.randint(0, 2) + text),
    "base64 for addresses": lambda text, _: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 twice": lambda text, _: _b64(_b64(text)),
    "hexadecimal": lambda text, rng: text.encode().hex() if rng.random() < 0.5 else text.encode().hex().upper(),
    "percent": lambda text, _: "".join(f"%{byte:02x}" for byte in text.encode()),
    "a parameter": lambda text, _: quote(text, safe=""),
    "entities": lambda text, _: _codes(text, "&#{};", ""),
    "hexadecimal entities": lambda text, _: _codes(text, "&#x{:x};", ""),
    "an address": lambda text, _: f"https://app:{quote(text, safe='')}@db.example.com/x?token={quote(text, safe='')}",
    "reversed": lambda text, _: text[::-1],
}
"""Encodings that need no quotes."""
CODE: Final[Mapping[str, Encode]] = {
    "a literal": lambda text, _: json.dumps(text),
    "single quotes": lambda text, _: "'" + json.dumps(text)[1:-1].replace("'", "\\'") + "'",
    "a template": lambda text, _: "`" + text.replace("\\", "\\\\").replace("`", "\\`") + "`",
    "pieces": lambda text, rng: "+".join(map(json.dumps, _pieces(text, rng))),
    "joined": lambda text, rng: f"[{','.join(map(json.dumps, _pieces(text, rng)))}].join('')",
    "reversed": lambda text, _: f'{json.dumps(text[::-1])}.split("").reverse().join("")',
    "base64": lambda text, _: f'atob("{_b64(text)}")',
    "percent": lambda text, _: f'decodeURIComponent("{"".join(f"%{byte:02x}" for byte in text.encode())}")',
    "hexadecimal escapes": lambda text, _: '"' + _codes(text, "\\x{:02x}", "") + '"',
    "unicode escapes": lambda text, _: '"' + _codes(text, "\\u{:04x}", "") + '"',
    "code points": lambda text, _: '"' + _codes(text, "\\u{{{:x}}}", "") + '"',
    "octal escapes": lambda text, _: '"' + _codes(text, "\\{:03o}", "") + '"',
    "some escapes": lambda text, rng: (
        '"' + "".join(f"\\x{ord(c):02x}" if rng.random() < 0.3 else json.dumps(c)[1:-1] for c in text) + '"'
    ),
    "character codes": lambda text, _: f"String.fromCharCode({_codes(text)})",
    "hexadecimal codes": lambda text, _: f"String.fromCharCode({_codes(text, '0x{:x}')})",
    "JSON in a text": lambda text, _: f"JSON.parse({json.dumps(json.dumps({'a': text}))})",
    "a comment": lambda text, _: f"1/* {text.replace('*/', '')} */",
    "a regular expression": lambda text, _: f"/{re.escape(text.replace('/', ''))}/",
    "an element": lambda text, _: f"<p title={json.dumps(text)}>{html.escape(text)}</p>",
}
"""Encodings in scripts."""


class _Round:
    """Makes the files of one round."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.planted = Planted()

    def secret(self, name: str, *, named: bool = False) -> tuple[str, str]:
        """Draw a secret, and return it with its usual surroundings: a text with `{}` in place of the secret."""
        rng = self._rng
        if not named and rng.random() < 0.3:
            value = draw(rng.choice(_PASSWORDS), f"{rng.random()}")
            self._plant(value, SECRET, name)
            return value, "{}"
        item = rng.choice(_vendors(named=named))
        values = fakes(item.syntax.samples, item.rule, f"{rng.random()}")
        value = values["sample"]
        self._plant(value, _public_of(item), name)
        text = rng.choice(item.syntax.examples)
        for key, fake in values.items():
            text = text.replace(f"{{{key}}}", "{}" if key == "sample" else fake)
        return value, text

    def _plant(self, value: str, public: Public, name: str) -> None:
        self.planted.secrets[value] = public
        self.planted.where[value] = name

    def raw(self, name: str) -> str:
        """Return a secret in an encoding without quotes, on one line."""
        value, _ = self.secret(name)
        return self._rng.choice(list(RAW.values()))(value, self._rng).replace("\n", "")

    def name(self, file: str) -> str:
        """Return a secret, plain or in an encoding, for a name: of a kind that no name looks like."""
        value, _ = self.secret(file, named=True)
        encode = self._rng.choice(list(RAW.values())) if self._rng.random() < 0.5 else RAW["plain"]
        return encode(value, self._rng)

    def expression(self, name: str) -> str:
        value, _ = self.secret(name)
        return self._rng.choice(list(CODE.values()))(value, self._rng)

    def comment(self, name: str) -> str:
        """Return a comment that silences findings, with a secret of another kind in its reason; mostly nothing."""
        if self._rng.random() < 0.8:
            return ""
        return f" // frontleak: ignore[*] old one: {self.name(name)} (rotated)"

    def word(self) -> str:
        return self._rng.choice(_WORDS) + self._rng.choice(("", "", "1", "Sanity", "_env"))

    def script(self, name: str) -> str:
        rng, parts = self._rng, []
        for _ in range(rng.randint(1, 6)):
            kind = rng.random()
            if kind < 0.3:
                value, text = self.secret(name)
                parts.append(text.replace("{}", value) + self.comment(name) + "\n")
            elif kind < 0.5:
                members = (f"{self.word()}:{self.expression(name)}" for _ in range(rng.randint(1, 6)))
                parts.append(f"c({{{','.join(members)}}});")
            else:
                start = rng.choice(("const ", "export const ", "", "window.", "let "))
                parts.append(
                    f"{start}{self.word()}={self.expression(name)};" + rng.choice(("", "\n", "f(a.b,!0);" * 30))
                )
        return "".join(parts)

    def data(self, name: str, depth: int = 3) -> object:
        rng = self._rng
        if not depth or rng.random() < 0.3:
            return self.raw(name)
        if rng.random() < 0.4:
            return [self.data(name, depth - 1) for _ in range(rng.randint(1, 3))]
        keys = (self.name(name) if rng.random() < 0.08 else self.word() for _ in range(rng.randint(1, 4)))
        return {key: self.data(name, depth - 1) for key in keys}

    def lines(self, name: str) -> str:
        """Return settings in one of several syntaxes."""
        rng = self._rng
        form = rng.choice(("{}={}", "export {}='{}'", "{}: {}", '{} = "{}"', "ENV {} {}", "  - {}: {}", "{}={} # x"))
        key = rng.choice((str.upper, str))
        return "".join(f"{form.format(key(self.word()), self.raw(name))}\n" for _ in range(rng.randint(1, 6)))

    def page(self, name: str) -> str:
        inner = json.dumps(self.data(name))
        return (
            f"<!doctype html><body data-{self.word().lower()}='{html.escape(self.raw(name), quote=True)}'>"
            f"<!-- {self.raw(name)} --><p>{self.raw(name)}</p><script>{self.script(name)}</script>"
            f'<script id="__NEXT_DATA__" type="application/json">{inner}</script></body>'
        )

    def source_map(self, name: str) -> str:
        rng = self._rng
        secret = self.secret(name, named=True)[0]
        source = rng.choice(
            ("src/a.ts", f"https://u:{secret}@host/{secret}.ts?t={secret}", f"webpack:///./{secret}/a.js")
        )
        return json.dumps(
            {
                "version": 3,
                "sources": [source],
                "sourcesContent": [self.script(name)],
                "names": [secret],
                "mappings": "AAAA",
            }
        )

    READINGS: Final[Sequence[tuple[str, Callable[["_Round", str], str]]]] = (
        (".js", script),
        (".ts", script),
        (".min.js", lambda self, name: "d.e(f);" * 300 + self.script(name).replace("\n", " ") + "g(h);" * 300),
        (".json", lambda self, name: json.dumps(self.data(name), indent=self._rng.choice((None, 2)))),
        (".html", page),
        (
            ".vue",
            lambda self, name: (
                f"<template><p :a=\"'{self.raw(name)}'\"/></template><script>{self.script(name)}</script>"
            ),
        ),
        (".env", lines),
        (".yaml", lines),
        (".toml", lines),
        (".md", lambda self, name: f"# {self.raw(name)}\n\n{self.lines(name)}\n```\n{self.script(name)}\n```\n"),
        (".js.map", source_map),
        (
            ".mjs",
            lambda self, name: (
                f"{self.script(name)}\n//# sourceMappingURL=data:application/json;base64,{_b64(self.source_map(name))}\n"
            ),
        ),
        (".cjs", lambda self, name: f"eval({json.dumps(self.script(name))})"),
        (".svg", lambda self, name: f'<iframe srcdoc="{html.escape(self.page(name))}"></iframe>'),
        ("", lambda self, name: self.lines(name) + self.script(name)),
    )

    def add_project(self) -> None:
        """Add a project whose names are secrets: of variables, settings, files and clients."""
        rng = self._rng
        folder = f"project-{self.secret('package.json', named=True)[0]}"
        dependencies = {"next": "15", "@sanity/client": "7", "vite": "7"}
        self.planted.files[f"{folder}/package.json"] = json.dumps({"dependencies": dependencies}).encode()
        names: list[str] = []
        while len(names) < 4:
            name = self.secret(f"{folder}/app/page.tsx", named=True)[0]
            if name.isidentifier():
                names.append(name)
        variable, setting, local, file = names
        self.planted.files[f"{folder}/app/page.tsx"] = (
            f"'use client'\nimport {{createClient as {local}}} from '@sanity/client'\nimport './{file}'\n"
            f"const {local}_token = process.env.NEXT_PUBLIC_SANITY_TOKEN_{variable}\n"
            f"export const c = {local}({{projectId: 'abcd1234', token: {local}_token, {self.word()}: {self.expression(folder)}}})\n"
        ).encode()
        self.planted.files[f"{folder}/app/{file}.ts"] = (
            f"export const {setting} = process.env['SANITY_WRITE_TOKEN_{variable}'] ?? {self.expression(folder)}\n"
        ).encode()
        self.planted.files[f"{folder}/.env"] = (
            f"NEXT_PUBLIC_SANITY_WRITE_TOKEN_{variable}={self.raw(folder)}\n".encode()
        )
        self.planted.files[f"{folder}/next.config.js"] = (
            f"module.exports={{env:{{SANITY_WRITE_TOKEN_{setting}:{self.expression(folder)}}}}}\n"
        ).encode()
        if rng.random() < 0.5:
            broken = f'{{"compilerOptions": {{"paths": {{"{setting}": {self.raw(folder)}\n'
            self.planted.files[f"{folder}/tsconfig.json"] = broken.encode()

    def add(self, number: int) -> None:
        """Add one file."""
        rng = self._rng
        ending, make = rng.choice(self.READINGS)
        folder = rng.choice(("dist/", "src/", "", "a/b/", ".github/workflows/"))
        name = f"{folder}x{number}{ending}"  # some secrets have `/workflows/` and a digit
        if rng.random() < 0.1:
            name = f"{folder}{self.secret(name, named=True)[0]}{rng.choice(('/a', '', '-1'))}{ending}"
        data = make(self, name).encode()
        wrap = rng.random()
        if wrap < 0.06:
            data = b"\xff\xfe" + data.decode().encode("utf-16-le")
        elif wrap < 0.12:
            name, data = f"{name}.gz", gzip.compress(data, mtime=0)
        elif wrap < 0.2:
            buffer = io.BytesIO()
            member = self.secret(name, named=True)[0] if rng.random() < 0.5 else "a"
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr(zipfile.ZipInfo(f"{member}{ending}"), data)
            name, data = f"{name}.zip", buffer.getvalue()
        self.planted.files[name] = data


def planted(seed: int, files: int) -> Planted:
    """Return the files of a round."""
    made = _Round(random.Random(seed))
    for number in range(files):
        made.add(number)
    made.add_project()
    return made.planted


# --- what may not be found -------------------------------------------------------------------------------------------

_ESCAPE: Final = re.compile(r"\\+(?:x([0-9a-fA-F]{2})|u\{?0*([0-9a-fA-F]{2,4})\}?|([0-3]?[0-7]{2}))")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16) if m[1] or m[2] else int(m[3], 8)), text)


def _decoded(text: str) -> Iterator[str]:
    """Yield a text in every way that somebody may read it."""
    yield text
    yield text[::-1]
    yield re.sub(r"\\(.)", r"\1", text)
    yield _unescaped(text)
    yield unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode("latin-1")
    yield html.unescape(text)
    yield re.sub(r"[\"'`+\s,…]+", "", text)
    for found in re.finditer(r"[0-9a-fA-F]{24,}", text):
        for shift in (0, 1):
            digits = found.group()[shift:]
            yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("latin-1")
    for found in re.finditer(r"[A-Za-z0-9+/_-]{16,}", text):
        for shift in range(4):
            run = found.group()[shift:].translate(str.maketrans("-_", "+/"))
            yield base64.b64decode(run + "A" * (-len(run) % 4)).decode("latin-1")
    for found in re.finditer(r"(?:(?:0x)?[0-9a-f]{2,3}[,\s]+){11,}(?:0x)?[0-9a-f]{2,3}", text):
        for base in (10, 16):
            numbers = re.findall(r"(0x)?([0-9a-f]{2,3})", found.group())
            yield "".join(
                chr(int(digits, 16 if prefix else base)) if base == 16 or digits.isdecimal() or prefix else "\0"
                for prefix, digits in numbers
            )


_PIECE: Final = 6
"""Characters of a sample. Every run contains one that begins at a multiple of seven, so only those places are checked first."""


def _shown(text: str, runs: Mapping[str, str], pieces: Collection[str]) -> Iterator[int]:
    """Yield where a run begins, in order."""
    step = RUN - _PIECE + 1
    near = [at for at in range(0, len(text), step) if text[at : at + _PIECE] in pieces]
    for at in near:
        for start in range(max(0, at - step + 1), at + 1):
            if text[start : start + RUN] in runs:
                yield start


def leaks(
    text: str, planted: Planted, runs: Mapping[str, str], place: str, *, only_plain: bool = False
) -> Iterator[Leak]:
    """Yield the first part of each secret that a text shows."""
    seen: set[str] = set()
    pieces = {run[at : at + _PIECE] for run in runs for at in range(RUN - _PIECE + 1)}
    for decoded in (text,) if only_plain else dict.fromkeys(_decoded(text)):  # many are the text itself
        for at in _shown(decoded, runs, pieces):
            secret = runs[decoded[at : at + RUN]]
            if secret not in seen:
                seen.add(secret)
                yield Leak(
                    place, decoded[at : at + RUN], secret, planted.where[secret], decoded[max(0, at - 150) : at + 100]
                )


def runs_of(planted: Planted) -> dict[str, str]:
    """Return run -> secret of every run that nothing may show."""
    return {
        run: secret
        for secret, (begins, public) in planted.secrets.items()
        for run in _runs(secret[max((len(each) for each in begins if secret.startswith(each)), default=0) :])
        if run not in public
    }


def _texts(folder: Path) -> Iterable[tuple[str, str]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes().decode("utf-8", "surrogateescape")


def scan(
    made: Planted, base: Path, arguments: Sequence[str], figures: Figures, cache: Path, command: Callable[..., Run]
) -> None:
    """Scan the files of a round, and count what was found and what leaked."""
    tree, out, temporary = (base / name for name in ("tree", "out", "temporary"))
    for folder in (tree, out, temporary):
        folder.mkdir(parents=True)
    for name, data in made.files.items():
        file = tree / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    wanted = [part for form in FORMATS for part in ("--format", form, "-o", str(out / f"report.{form}"))]
    env = {"FRONTLEAK_CACHE_DIR": str(cache), "TMPDIR": str(temporary)}
    common = ["--isolated", "--show-public", "--show-server", "--jobs", "1", *arguments]
    shown: dict[str, str] = {}

    def run(name: str, *words: str) -> None:
        done = command(*words, cwd=tree, env=env)
        if done.code not in {0, 1, 3}:
            raise RuntimeError(f"{name}: exit {done.code}: {done.err}")
        shown[f"{name}: stdout"], shown[f"{name}: stderr"] = done.out, done.err

    run("scan", "scan", ".", *common, "--warn-unused-ignores", *wanted)
    findings = json.loads((out / "report.json").read_bytes())["findings"]
    if figures.rounds % _OTHERS == 0:  # they show less than a report
        (base / "empty").mkdir()
        run("diff", "diff", str(base / "empty"), ".", *common)
        run("baseline", "baseline", "create", ".", "--baseline", str(out / "baseline.json"), *common)
        for finding in findings[:1]:
            run("explain", "explain", finding["fingerprint"], *common)
    shown |= {f"out/{name}": text for name, text in _texts(out)}
    shown |= {f"temporary/{name}": text for name, text in _texts(temporary)}
    runs = runs_of(made)
    figures.rounds += 1
    figures.files += len(made.files)
    figures.secrets += len(made.secrets)
    figures.findings += len(findings)
    figures.bytes += sum(map(len, shown.values()))
    for place, text in shown.items():
        figures.leaks += leaks(text, made, runs, place)
    for name, text in _texts(cache):
        if (key := (name, hash(text))) not in figures.cached:  # the databases of rules, the same for every round
            figures.cached.add(key)
            figures.leaks += leaks(text, made, runs, f"cache/{name}", only_plain=True)


def arguments_of(seed: int, folder: Path) -> tuple[str, ...]:
    """Return the rules that a round selects; rules of one's own are written to a folder."""
    rng = random.Random(f"arguments/{seed}")
    chosen: tuple[str, ...] = rng.choice(
        ((), (), ("--select", "sanity-token"), ("--ignore", "sanity-*"), ("--ignore", "aws-*", "--ignore", "g*"))
    )
    if rng.random() < 0.4:
        chosen += ("--plugins", "detect-secrets")
        if rng.random() < 0.3:
            chosen += ("--select", "detect-secrets-*")
    if rng.random() < 0.5:
        write_hostile_rules(folder, rng)
        chosen += ("--rules", str(folder), *(("--select", "own-*") if "--select" in chosen else ()))
    return chosen


def one_round(
    seed: int,
    files: int,
    figures: Figures,
    cache: Path,
    keep: Path | None = None,
    command: Callable[..., Run] = installed,
) -> None:
    """Make, scan and check the files of one seed."""
    base = Path(tempfile.mkdtemp(prefix="redaction-"))
    before = len(figures.leaks)
    try:
        scan(planted(seed, files), base, arguments_of(seed, base / "rules"), figures, cache, command)
        if keep is not None and len(figures.leaks) > before:
            shutil.copytree(base, keep / str(seed), dirs_exist_ok=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def main() -> int:
    """Run rounds for a number of CPU minutes; 1 if anything leaked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1, help="CPU minutes, of this process and of the scans")
    parser.add_argument("--seed", type=int, default=None, help="seed of the first round; random by default")
    parser.add_argument("--files", type=int, default=60, help="files of a round")
    parser.add_argument("--keep", type=Path, default=None, help="folder for the input and output of rounds that leak")
    given = parser.parse_args()
    first = given.seed if given.seed is not None else int.from_bytes(os.urandom(4))
    figures, reported = Figures(), 0
    with tempfile.TemporaryDirectory() as cache:
        os.environ["FRONTLEAK_CACHE_DIR"] = cache
        for seed in range(first, first + 1_000_000):
            one_round(seed, given.files, figures, Path(cache), given.keep)
            for leak in figures.leaks[reported:]:
                print(f"seed {seed}: {leak}", flush=True)
            reported = len(figures.leaks)
            times = os.times()
            spent = times.user + times.system + times.children_user + times.children_system
            if figures.rounds % 20 == 0:
                print(f"{spent / 60:.1f} CPU minutes: {figures}", flush=True)
            if spent >= 60 * given.minutes:
                break
    print(f"{spent / 60:.1f} CPU minutes, seeds {first} to {seed}: {figures}")
    return 1 if figures.leaks else 0


if __name__ == "__main__":
    sys.exit(main())
