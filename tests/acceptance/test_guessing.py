"""Nobody finds a password by trying words on a report."""

import hashlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.rules.samples import draw
from tests.acceptance.support import in_formats, installed, token, write

FORMATS: Final = ("text", "json", "jsonl", "sarif")
PASSWORD: Final = "hunter2!"
WORDS: Final = ("password", "letmein", "dragon1", PASSWORD, "Summer2024", "monkey")
RULE: Final = """
id: acme-password
name: Password of Acme
severity: high
confidence: high
pattern: acme_pass(?:word)? [="':\\ ]{1,6} (?P<secret>[!-~]{6,40}?) (?=["'\\n;])
samples: "[a-z]{12}"
examples: ['acme_password="{sample}"']
silent: ['acme_password=""']
why: Anyone can use it.
fix: Change it.
references: ["https://example.com"]
"""
FILES: Final = {
    "acme.yaml": RULE,
    "src/app.js": f'const acme_password="{PASSWORD}";\nconst url="postgres://app:dragon1x@db.internal/y";\n',
    "src/db.js": 'const url="postgres://app:monkeyx@db/y";\n',
    "src/other.4f3c2a.js": f'x({{acme_pass:"{PASSWORD}"}});y({{acme_pass:"letmein1"}});',
    "token.js": f'const token="{token("guessing")}"',
}
ARGUMENTS: Final = ("--rules", "acme.yaml", "--plugins", "detect-secrets", "--isolated")


def digests(word: str, rules: tuple[str, ...], paths: tuple[str, ...]) -> Iterator[str]:
    """Yield every digest of a word that somebody who knows the tool, but no key, can compute."""
    value = word.encode()
    inner = hashlib.blake2b(value, key=b"frontleak/secret/v1", digest_size=16).hexdigest()
    plain = [getattr(hashlib, name)(value).hexdigest() for name in ("md5", "sha1", "sha256", "sha512", "blake2b")]
    yield from (inner, *plain)
    for rule, path, identity in itertools.product(rules, paths, (inner, word, *plain)):
        parts = f"{rule}\0{identity}\0{path}".encode()
        yield hashlib.blake2b(parts, digest_size=16, person=b"frontleak/1").hexdigest()


def reported(folder: Path) -> list[dict[str, Any]]:
    """Return the findings of a folder."""
    findings: list[dict[str, Any]] = installed("scan", ".", "--format", "json", *ARGUMENTS, cwd=folder).json()[
        "findings"
    ]
    return findings


def test_a_word_list_finds_no_password(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    findings = reported(tmp_path)
    rules = tuple({finding["rule"] for finding in findings})
    assert {"acme-password", "database-url-password", "detect-secrets-basic-auth-credentials"} <= set(rules)
    paths = ("src/app.js", "src/db.js", "src/other.[hash].js", "src/other.4f3c2a.js", ".", "")
    guesses = {
        digest: word
        for base in WORDS
        for word in (base, f"{base}x", f"{base}1")
        for digest in digests(word, rules, paths)
    }
    for shown in in_formats("scan", ".", *ARGUMENTS, formats=FORMATS, cwd=tmp_path, command=installed).values():
        found = {
            guesses[digest] for digest in re.findall(r"[0-9a-f]{32,128}", shown.out + shown.err) if digest in guesses
        }
        assert found == set()
        assert PASSWORD not in shown.out


def test_the_place_and_the_name_stand_for_it(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    before = {(finding["path"], finding["line"]): finding["fingerprint"] for finding in reported(tmp_path)}
    assert len(set(before.values())) == len(before) >= 4
    changed = {name: text.replace(PASSWORD, "dragon1!") for name, text in FILES.items()}
    write(tmp_path, changed | {"src/app.js": f"// a line\n{changed['src/app.js']}"})
    after = {finding["fingerprint"] for finding in reported(tmp_path)}
    assert after == set(before.values())


def test_two_of_one_name_in_one_place_are_two(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"src/app.js": 'a({acme_pass:"letmein2"});b({acme_pass:"dragon12"});'})
    prints = [finding["fingerprint"] for finding in reported(tmp_path) if finding["path"] == "src/app.js"]
    assert len(set(prints)) == len(prints) == 2


@pytest.mark.parametrize("seed", range(3))
def test_a_random_secret_keeps_its_fingerprint(tmp_path: Path, seed: int) -> None:
    """It is the hash of the rule, the digest of the secret, and the path."""
    secret = draw("sk[A-Za-z0-9]{178}", f"guessing/{seed}")
    write(tmp_path, {"a.js": f'x="{secret}"'})
    (finding,) = installed("scan", ".", "--format", "json", "--isolated", cwd=tmp_path).json()["findings"]
    assert finding["fingerprint"] in set(digests(secret, ("sanity-token",), ("a.js",)))
