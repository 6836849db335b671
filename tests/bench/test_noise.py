"""The table of noise counts each finding once and fails on those without a verdict."""

from pathlib import Path

from bench import noise

SPEC = noise.Spec(
    packages={"@a/app": "1.0.0", "lib": "2.0.0"},
    sites={"@a/app": "dist"},
    left_out=frozenset({".png"}),
    verdicts={"known-rule": {"lib": "a test key"}},
)


def hit(rule: str, package: str, path: str, severity: str = "", *, public: bool = False) -> noise.Hit:
    return noise.Hit(rule=rule, package=package, path=path, severity=severity, public=public)


HITS = {
    "frontleak": [
        hit("known-rule", "lib@2.0.0", "a.js", "high"),
        hit("new-rule", "@a/app@1.0.0", "dist/a.js", "medium"),
        hit("low-rule", "@a/app@1.0.0", "src/a.js", "low"),
        hit("public-rule", "@a/app@1.0.0", "dist/b.js", "info", public=True),
    ],
    "gitleaks": [hit("generic", "lib@2.0.0", "a.js"), hit("generic", "lib@2.0.0", "b.js")],
}


def test_the_list_covers_enough_packages_and_sites() -> None:
    spec = noise.load_spec()
    assert len(spec.packages) >= 150
    assert len(spec.sites) >= 20
    assert set(spec.sites) <= set(spec.packages)
    assert {package for rule in spec.verdicts.values() for package in rule} <= set(spec.packages)


def test_only_findings_without_a_verdict_fail() -> None:
    assert [each.rule for each in noise.unjudged(HITS["frontleak"], SPEC)] == ["new-rule"]


def test_a_path_is_split_into_package_and_path() -> None:
    folder = Path("/cache/packages")
    assert noise.inside("/cache/packages/@a/app@1.0.0/dist/a.js", folder) == ("@a/app@1.0.0", "dist/a.js")
    assert noise.inside("lib@2.0.0/a.js", folder) == ("lib@2.0.0", "a.js")


def test_a_site_is_a_folder_of_its_package() -> None:
    assert [each.path for each in HITS["frontleak"] if noise.is_site(each, SPEC)] == ["dist/a.js", "dist/b.js"]


def test_each_way_to_run_has_a_column(tmp_path: Path) -> None:
    (tmp_path / "lib@2.0.0").mkdir()
    (tmp_path / "lib@2.0.0" / "a.js").write_text("1\n")
    assert {name: sum(column.values()) for name, column in noise.counts(HITS).items()} == {
        "frontleak, medium or more": 2,
        "frontleak": 3,
        "frontleak --show-public": 4,
        "gitleaks": 2,
    }
    page = noise.render(SPEC, tmp_path, {"frontleak": "1", "gitleaks": "2"}, HITS)
    assert "| findings in built sites | 1 | 1 | 2 | 0 |" in page
    assert "| known-rule | high | lib@2.0.0 | `a.js` | a test key |" in page
    assert "| generic | 2 | 1 | `lib@2.0.0/a.js` |" in page
    assert "| lib@2.0.0 |  | 1 | 0 | 1 | 1 | 1 | 2 |" in page
