"""`frontleak scan --env-file` and the like: the values themselves are found, named, and never shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import Run, frontleak, repository, token, write
from tests.support.env_values import encodings, fake, pieces, strange

VALUE = fake(1)


def scan(folder: Path, *options: str, env: dict[str, str] | None = None) -> tuple[Run, list[dict[str, Any]]]:
    done = frontleak("scan", "dist", "--format", "json", "--show-env-skipped", *options, cwd=folder, env=env)
    return done, found(done)


def found(done: Run) -> list[dict[str, Any]]:
    """Return the findings that are not about a file itself."""
    return [each for each in json.loads(done.stdout)["findings"] if each["kind"] != "file"]


def places(findings: list[dict[str, Any]]) -> set[str]:
    return {each["path"].partition("!")[0] for finding in findings for each in (finding, *finding["also_at"])}


def assert_shows_nothing(done: Run, *values: str) -> None:
    shown = done.stdout + done.stderr
    for value in values:
        for start in range(0, len(value) - 8, 4):
            assert value[start : start + 8].encode() not in shown


def test_builds_without_the_values_are_silent(tmp_path: Path) -> None:
    files = {f"dist/{name}": data for name, data in (*encodings(fake(7)), *pieces(fake(8)))}
    write(tmp_path, {**files, ".env": f"INTERNAL_API_KEY={VALUE}\nDEBUG=true\nNAME=plain\n"})
    done, findings = scan(tmp_path, "--env-file", ".env")
    assert (done.code, findings) == (0, [])


def test_a_value_is_found_in_every_form_and_named(tmp_path: Path) -> None:
    files = {f"dist/{name}": data for name, data in (*encodings(VALUE), *pieces(VALUE))}
    write(tmp_path, {**files, ".env": f"# keys\nINTERNAL_API_KEY={VALUE}\n"})
    done, findings = scan(tmp_path, "--env-file", ".env")
    assert done.code == 1
    (finding,) = findings
    assert finding["rule"] == "env-value-served"
    assert finding["context"] == {
        "variable": ["INTERNAL_API_KEY"],
        "set_in": [".env:2"],
        "mistake": ["boundary"],
    }
    assert places(findings) == set(files)
    assert_shows_nothing(done, VALUE)


def test_special_characters_are_found_in_every_encoding(tmp_path: Path) -> None:
    value = strange(3)
    files = {f"dist/{name}": data for name, data in encodings(value)}
    write(tmp_path, files)
    done, findings = scan(tmp_path, "--env", "OTHER_SECRET", env={"OTHER_SECRET": value})
    assert places(findings) == set(files)
    assert findings[0]["context"]["set_in"] == ["the environment"]
    assert_shows_nothing(done, value)


def test_a_naming_mistake_is_critical_before_any_build(tmp_path: Path) -> None:
    write(tmp_path, {"dist/index.html": "<p>hello</p>", ".env": f"A=1\nNEXT_PUBLIC_ADMIN_SECRET={VALUE}\n"})
    done, (finding,) = scan(tmp_path, "--env-file", ".env")
    assert (finding["rule"], finding["severity"]) == ("public-env-value", "critical")
    assert (finding["path"], finding["line"]) == (".env", 2)
    assert "The prefix NEXT_PUBLIC_ of NEXT_PUBLIC_ADMIN_SECRET (.env:2) publishes the value." in finding["fix"]
    assert_shows_nothing(done, VALUE)


def test_a_known_shape_and_a_variable_are_one_finding(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": f'a="{token()}"', ".env": f"SANITY_TOKEN={token()}\n"})
    _, (finding,) = scan(tmp_path, "--env-file", ".env")
    assert finding["rule"] == "sanity-token"
    assert finding["context"]["variable"] == ["SANITY_TOKEN"]
    assert finding["context"]["set_in"] == [".env:1"]


def test_a_shape_that_only_the_value_shows_is_of_its_rule(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": f'a="{token()[::-1]}"', ".env": f"SANITY_TOKEN={token()}\n"})
    _, (finding,) = scan(tmp_path, "--env-file", ".env")
    assert (finding["rule"], finding["via"]) == ("sanity-token", ["reversed"])


def test_two_files_that_disagree_are_both_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "dist/a.js": f'a="{VALUE}";b="{fake(2)}"',
            ".env": f"API_KEY={VALUE}\n",
            ".env.production": f"API_KEY={fake(2)}\n",
        },
    )
    _, findings = scan(tmp_path, "--env-file", ".env", "--env-file", ".env.production")
    assert sorted(each["context"]["set_in"] for each in findings) == [[".env.production:1"], [".env:1"]]


def test_a_value_in_the_file_that_sets_it_is_no_leak(tmp_path: Path) -> None:
    write(tmp_path, {".env": f"API_KEY={VALUE}\n", "src/a.js": "export const a = 1\n"})
    done = frontleak("scan", ".", "--env-file", ".env", "--format", "json", cwd=tmp_path)
    assert [each for each in found(done) if each["kind"] == "env-value" or "variable" in each["context"]] == []


def test_a_malformed_file_is_told_and_the_rest_is_used(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": "a=1", ".env": f"API_KEY={VALUE}\nnonsense {fake(5)}\n"})
    done = frontleak("scan", "dist", "--env-file", ".env", cwd=tmp_path)
    assert done.code == 0
    assert b".env: line 2: no variable is set here, it is not NAME=value" in done.stdout
    assert frontleak("scan", "dist", "--env-file", ".env", "--strict", cwd=tmp_path).code == 3
    write(tmp_path, {"dist/a.js": f"a='{VALUE}'"})
    assert frontleak("scan", "dist", "--env-file", ".env", cwd=tmp_path).code == 1
    assert_shows_nothing(done, VALUE, fake(5))


def test_a_missing_file_ends_the_scan_with_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": "a=1"})
    done = frontleak("scan", "dist", "--env-file", "no.env", cwd=tmp_path)
    assert done.code == 2
    assert b"no.env: cannot be read: No such file" in done.stderr


def test_a_name_that_is_not_set_is_a_note(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": "a=1"})
    done = frontleak("scan", "dist", "--env", "NOT_THERE", cwd=tmp_path)
    assert done.code == 0
    assert b"note: the environment variable NOT_THERE is not set" in done.stderr


def test_prefixes_and_all_name_what_they_take(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": f"a='{VALUE}'"})
    env = {"ACME_KEY": VALUE, "ACME_DEBUG": "true", "OTHER_KEY": fake(9)}
    done, (finding,) = scan(tmp_path, "--env-prefix", "ACME_", env=env)
    assert finding["context"]["variable"] == ["ACME_KEY"]
    assert b"looking for the values of 1 variable: ACME_KEY\n" in done.stderr
    assert b"the environment: ACME_DEBUG: a switch or a word" in done.stderr
    done, _ = scan(tmp_path, "--env-all", env=env)
    assert b"ACME_KEY, OTHER_KEY" in done.stderr
    assert_shows_nothing(done, VALUE, fake(9))


def test_what_a_ci_hands_over_is_looked_for(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": f"a='{VALUE}';b='{fake(2)}'"})
    env = {"FRONTLEAK_SECRETS": json.dumps({"DEPLOY_KEY": VALUE}), "GITLAB_CI": "true", "CI_JOB_TOKEN": fake(2)}
    _, findings = scan(tmp_path, "--env-from-ci", env=env)
    assert sorted(each["context"]["variable"] for each in findings) == [["CI_JOB_TOKEN"], ["DEPLOY_KEY"]]
    assert scan(tmp_path, env=env)[1] == []
    assert b"note: no secrets of a CI are in the environment" in scan(tmp_path, "--env-from-ci")[0].stderr


@pytest.mark.parametrize("setting", ["auto", "{auto: true}"])
def test_a_configuration_reads_the_env_files_of_its_projects(tmp_path: Path, setting: str) -> None:
    repository(tmp_path)
    write(
        tmp_path,
        {
            ".frontleak.yaml": f"env-values: {setting}\n",
            ".gitignore": "dist\n.env*\n",
            "apps/shop/package.json": '{"name": "shop", "dependencies": {"next": "15.0.0"}}',
            "apps/shop/.env.production.local": f"API_KEY={VALUE}\n",
            "apps/shop/.env.example": f"OTHER_KEY={fake(2)}\n",
            "apps/shop/out/_next/static/a.js": f"a='{VALUE}';b='{fake(2)}'",
        },
    )
    for paths in (["."], ["apps/shop/out"]):
        done = frontleak("scan", *paths, "--format", "json", cwd=tmp_path)
        (finding,) = found(done)
        assert finding["context"]["set_in"] == ["apps/shop/.env.production.local:1"]


SETTINGS = {
    "netlify.toml": (
        f'[build.environment]\nAPP_RELEASE = "v22.20.0"\nSITE_ID = "{fake(3)}"\n[context.production.environment]\nAPI_KEY = "{VALUE}"\n',
        5,
    ),
    "wrangler.jsonc": (
        f'{{\n"vars": {{"APP_RELEASE": "v22.20.0", "SITE_ID": "{fake(3)}"}},\n"env": {{"a": {{"vars": {{"API_KEY": "{VALUE}"}}}}}}}}\n',
        3,
    ),
    "compose.yaml": (
        f"services:\n  web:\n    environment:\n      - APP_RELEASE=v22.20.0\n      - SITE_ID={fake(3)}\n      - API_KEY={VALUE}\n",
        6,
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_auto_reads_the_settings_of_hosts_and_containers(tmp_path: Path, name: str) -> None:
    repository(tmp_path)
    text, line = SETTINGS[name]
    served = {"dist/a.js": f"a='{fake(3)}';b='v22.20.0'"}
    write(tmp_path, {".frontleak.yaml": "env-values: auto\n", ".gitignore": "dist\n", name: text, **served})
    done, findings = scan(tmp_path)
    assert (done.code, findings) == (0, [])
    assert f"{name}:".encode() in done.stderr
    assert b": SITE_ID: an id that is public by design, by its name" in done.stderr
    assert b": APP_RELEASE: a version or a date" in done.stderr
    write(tmp_path, {"dist/a.js": f"a='{VALUE}'"})
    done, (finding,) = scan(tmp_path)
    assert finding["context"]["variable"] == ["API_KEY"]
    assert finding["context"]["set_in"] == [f"{name}:{line}"]
    assert_shows_nothing(done, VALUE, fake(3))
    (tmp_path / ".frontleak.yaml").unlink()
    assert scan(tmp_path)[1] == []
    assert scan(tmp_path, "--env-file", name)[1][0]["context"]["set_in"] == [f"{name}:{line}"]


def test_bad_settings_are_told_and_the_rest_is_used(tmp_path: Path) -> None:
    repository(tmp_path)
    bad = f'[build.environment]\nAPI_KEY = "{fake(5)}\n'
    write(tmp_path, {".frontleak.yaml": "env-values: auto\n", "netlify.toml": bad, ".env": f"API_KEY={VALUE}\n"})
    write(tmp_path, {"dist/a.js": f"a='{VALUE}'"})
    done = frontleak("scan", "dist", cwd=tmp_path)
    assert done.code == 1
    assert b"netlify.toml: line 2: not valid TOML: illegal character" in done.stdout
    write(tmp_path, {"dist/a.js": "a=1"})
    assert frontleak("scan", "dist", cwd=tmp_path).code == 0
    assert frontleak("scan", "dist", "--strict", cwd=tmp_path).code == 3
    assert_shows_nothing(done, VALUE, fake(5))


def test_a_public_prefix_in_settings_is_a_naming_mistake(tmp_path: Path) -> None:
    repository(tmp_path)
    settings = f'[build.environment]\nAPP_RELEASE = "22"\nNEXT_PUBLIC_ADMIN_SECRET = "{VALUE}"\n'
    write(
        tmp_path, {".frontleak.yaml": "env-values: auto\n", "netlify.toml": settings, "dist/index.html": "<p>hello</p>"}
    )
    _, (finding,) = scan(tmp_path)
    assert (finding["rule"], finding["severity"]) == ("public-env-value", "critical")
    assert (finding["path"], finding["line"]) == ("netlify.toml", 3)


def test_a_configuration_names_no_file_outside_of_its_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a/.frontleak.yaml": "env-values: {files: [../.env]}\n", "a/dist/a.js": "a=1", ".env": "A=1"})
    done = frontleak("scan", "dist", cwd=tmp_path / "a")
    assert done.code == 2
    assert b"env-values.files: ../.env: outside of the folder" in done.stderr
    assert b"or pass this one with --env-file" in done.stderr


def test_names_in_a_configuration(tmp_path: Path) -> None:
    write(tmp_path, {".frontleak.yaml": "env-values: {names: [DEPLOY_KEY]}\n", "dist/a.js": f"a='{VALUE}'"})
    _, (finding,) = scan(tmp_path, env={"DEPLOY_KEY": VALUE})
    assert finding["context"]["variable"] == ["DEPLOY_KEY"]


def test_copies_of_values_leave_imports_to_others(tmp_path: Path) -> None:
    repository(tmp_path)
    names = [f"SERVICE_{number:02d}_KEY" for number in range(20)]
    values = {name: fake(50 + number) for number, name in enumerate(names)}
    write(tmp_path, {f"src/{name}.js": f"export const a = process.env.{name}\n" for name in names})
    write(tmp_path, {f"dist/{name}.{copy}.js": f"a='{value}'" for name, value in values.items() for copy in range(3)})
    write(
        tmp_path,
        {
            ".env": "".join(f"{name}={value}\n" for name, value in values.items()),
            ".gitignore": "dist\n.env\n",
            "package.json": '{"name": "a", "dependencies": {"vite": "7"}}',
            "index.html": '<script type="module" src="/src/main.js"></script>',
            "src/main.js": "".join(f"import './{name}.js'\n" for name in names),
        },
    )
    _, findings = scan(tmp_path, "--env-file", ".env")
    chains = {each["context"]["variable"][0]: [hop["path"] for hop in each["chain"]] for each in findings}
    assert chains == {name: ["src/main.js", f"src/{name}.js"] for name in names}


def test_a_word_in_a_package_is_no_leak_of_it(tmp_path: Path) -> None:
    library = json.dumps(
        {
            "version": 3,
            "sources": ["../node_modules/lib/a.js"],
            "sourcesContent": ["a='summer2024rain'"],
            "mappings": "AAAA",
        }
    )
    write(
        tmp_path,
        {
            "dist/a.js": "a='summer2024rain'\n//# sourceMappingURL=a.js.map\n",
            "dist/a.js.map": library,
            ".env": "ADMIN_PASSWORD=summer2024rain\n",
        },
    )
    assert scan(tmp_path, "--env-file", ".env")[1] == []
    write(tmp_path, {"dist/a.js.map": library.replace("node_modules/lib", "src")})
    (finding,) = scan(tmp_path, "--env-file", ".env")[1]
    assert finding["confidence"] == "medium"
