"""`frontleak rules test` tells of each match and near miss; `list` and `show` know vendors."""

from pathlib import Path

import pytest

from docs.vendors_list import with_vendors
from frontleak.cli.rule_vendors import vendor_of
from frontleak.rules.samples import draw
from tests.acceptance.support import frontleak, write
from tests.support.paths import ROOT
from tests.support.shipped import full_set

OWN = """\
id: own-key
name: own key
severity: high
confidence: high
pattern: |
  {{edge}}
  (?P<secret> own_live_[a-z0-9]{20} )
  {{end}}
near: {pattern: 'shop', within: 40}
require: {digits: 3, lower: 3, entropy: 3.0}
allow: [own_live_f4k3k9v2m7q1z8x5c6b0]
samples: "own_live_[a-z0-9]{20}"
examples: ['shop({a:"{sample}"})']
silent: ['own_live_']
why: It opens the shop.
fix: Close the shop.
references: [https://example.com/own]
"""
GOOD = "own_live_k3v9m2q7z1x8c5b6n4w0"


def test_a_match_is_listed_with_its_place(tmp_path: Path) -> None:
    done = frontleak(
        "rules",
        "test",
        "a.js",
        "--rules=own.yaml",
        cwd=write(tmp_path, {"own.yaml": OWN, "a.js": f'shop(\n  "{GOOD}")'}),
    )
    assert (done.code, done.err) == (0, "")
    assert done.out == f'a.js:2:4: match  own-key  "{GOOD[:4]}…(29 characters)")\n1 match, 0 near misses\n'


# Text -> the reason that is shown.
MISSES = {
    "an edge": (f'shop("my{GOOD}")', "edge: the text goes on to the left"),
    "an end": (f'shop("{GOOD}a")', "end: the text goes on to the right"),
    "both": (f'shop("my{GOOD}a")', "edge and end: the text goes on to the left and to the right"),
    "near": (f'sell("{GOOD}")', "near: its pattern matches nowhere within 40 bytes"),
    "digits": ('shop("own_live_kqvmmzqwzfxacybznbwx")', "require.digits: fewer than 3 digits"),
    "lower": ('shop("own_live_31935297130895564400")', ""),
    "entropy": ('shop("own_live_a1a1a1a1a1a1a1a1a1a1")', "require.entropy: "),
    "allow": ('shop("own_live_f4k3k9v2m7q1z8x5c6b0")', "suppressed: the value is a published example"),
    "placeholder": ('shop("own_live_1234567890abcdefghij")', "suppressed: the value is a placeholder: "),
    "a comment": (
        f'// frontleak: ignore[own-key] for a demo\nshop("{GOOD}")',
        "suppressed: a comment in the source ignores it (a.js:1: for a demo)",
    ),
}


@pytest.mark.parametrize("name", MISSES)
def test_a_near_miss_is_listed_with_the_check_that_refuses_it(tmp_path: Path, name: str) -> None:
    text, reason = MISSES[name]
    done = frontleak("rules", "test", "a.js", "--rules=own.yaml", cwd=write(tmp_path, {"own.yaml": OWN, "a.js": text}))
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    if not reason:
        assert lines[-1] == "1 match, 0 near misses"
        return
    assert lines[-1] == "0 matches, 1 near miss"
    assert lines[0].startswith("a.js:")
    assert ": near miss  own-key  " in lines[0]
    assert lines[1].startswith(f"    {reason}")
    assert "own_live_" not in done.out


def test_text_that_is_no_near_miss_is_not_listed(tmp_path: Path) -> None:
    folder = write(tmp_path, {"own.yaml": OWN, "a.js": 'shop("own_live_short", "live_k3v9m2q7z1x8c5b6n4w0")'})
    assert frontleak("rules", "test", "a.js", "--rules=own.yaml", cwd=folder).out == "0 matches, 0 near misses\n"


def test_the_rule_that_reports_the_same_text_is_named(tmp_path: Path) -> None:
    worse = OWN.replace("id: own-key", "id: worse-key").replace("severity: high", "severity: critical")
    folder = write(tmp_path, {"own/a.yaml": OWN, "own/b.yaml": worse, "a.js": f'shop("{GOOD}")'})
    lines = frontleak("rules", "test", "a.js", "--rules=own", cwd=folder).out.splitlines()
    assert lines[0].startswith("a.js:1:7: match  worse-key  ") or lines[2].startswith("a.js:1:7: match  worse-key  ")
    assert "    overlap: worse-key reports it" in lines
    assert lines[-1] == "1 match, 1 near miss"


def test_shipped_rules_are_tried_by_name(tmp_path: Path) -> None:
    token = draw("npm_[A-Za-z0-9]{36}", "trial", checksum=True)
    broken = draw("npm_[A-Za-z0-9]{36}", "trial")
    done = frontleak(
        "rules", "test", "-", "--select=npm-*", cwd=tmp_path, stdin=f'a="{token}"\nb="{broken}"\n'.encode()
    )
    assert (done.code, done.err) == (0, "")
    assert ":1:4: match  npm-access-token  " in done.out
    assert ":2:4: near miss  npm-access-token  " in done.out
    assert "    require.checksum: the last characters are not its " in done.out
    assert token not in done.out


def test_a_trial_needs_rules_and_files(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": "x", "own.yaml": OWN, "bad.yaml": OWN.replace("edge}}", "egde}}")})
    for arguments, problem in (
        (("a.js",), "error: name the rules to try: "),
        (("b.js", "--rules=own.yaml"), "error: b.js: "),
        (("a.js", "--rules=none.yaml"), "error: none.yaml: no such rule file"),
        (("a.js", "--rules=bad.yaml"), "error: bad.yaml:5: there is no macro {{egde}}"),
        (("a.js", "--select=npm-acces-token"), "error: there is no rule 'npm-acces-token'; did you mean "),
        (("a.js", "--select=served-env-file"), "error: no rule of kind pattern is chosen"),
    ):
        done = frontleak("rules", "test", *arguments, cwd=tmp_path)
        assert (done.code, done.out) == (2, "")
        assert done.problems[0].startswith(problem)


def test_list_of_a_vendor(tmp_path: Path) -> None:
    for vendor in ("stripe", "sanity"):
        lines = frontleak("rules", "list", f"--vendor={vendor}", cwd=tmp_path).out.splitlines()
        assert [line.split()[0] for line in lines] == [
            rule.id for rule in full_set().every if vendor_of(rule) == vendor
        ]
        assert len(lines) > 2
    done = frontleak("rules", "list", "--vendor=strpie", cwd=tmp_path)
    assert (done.code, done.problems) == (2, ["error: there is no vendor 'strpie'; did you mean 'stripe'?"])


def test_show_of_a_vendor(tmp_path: Path) -> None:
    done = frontleak("rules", "show", "stripe", cwd=tmp_path)
    rules = [rule for rule in full_set().every if vendor_of(rule) == "stripe"]
    assert (done.code, done.err) == (0, "")
    assert done.out.count("\nwritten in ") == len(rules)
    assert all(f"{rule.id}: {rule.name}\n" in done.out for rule in rules)


def test_the_list_in_the_readme_has_the_vendors() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert with_vendors(readme) == readme
    with pytest.raises(ValueError, match=r"README\.md has no place"):
        with_vendors("# frontleak\n")
