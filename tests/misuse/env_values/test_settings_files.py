"""Variables of netlify.toml, wrangler's files and docker compose, as their tools read them."""

from pathlib import Path
from typing import Final

import pytest

from frontleak.core.env_value import EnvVariable
from frontleak.misuse.env_values.projects import env_files_of
from frontleak.misuse.env_values.settings_files import is_settings_file
from tests.acceptance.support import write

NETLIFY: Final = """\
[build]
  publish = "dist"
[build.environment]
  API_KEY = "one"
  NODE_VERSION = "22"
[context.production.environment]
  API_KEY = "two"
[context."feat/*".build]
  environment = { API_KEY = "three" }
[template.environment]
  API_KEY = "what to put here"
[[headers]]
  for = "/*"
  [headers.values]
    API_KEY = "no"
"""
WRANGLER: Final = """\
{
  "name": "worker",
  // the values of the worker
  "vars": {"API_KEY": "one", "SERVICE": {"token": "inner", "id": 1}},
  "kv_namespaces": [{"binding": "KV", "id": "no"}],
  "env": {"staging": {"vars": {"API_KEY": "two"}}, "other": {}}
}
"""
COMPOSE: Final = """\
x-shared: &shared
  API_KEY: one
services:
  web:
    build:
      args:
        - BUILD_KEY=two=2
        - PASSED_ON
    environment:
      <<: *shared
      EMPTY:
      PASSWORD: ${DB_PASSWORD:?is needed}
      DOLLAR: pa$$word
      OTHER: ${NOT_SET}
    env_file:
      - web.env
      - path: raw.env
        format: raw
      - path: absent.env
        required: false
    labels:
      API_KEY: no
  db:
    env_file: web.env
"""


def read(folder: Path) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return (name, value, `file:line`) of all that is set, and the notes."""
    (folder / ".git").mkdir(exist_ok=True)
    found = list(env_files_of([str(folder)], lambda path: path.removeprefix(f"{folder}/"), lambda _: lambda _: ""))
    settings = [(each.variable.name, each.value, each.variable.where) for part in found for each in part.settings]
    return settings, [f"{each.origin.path}: {each.message}" for part in found for each in part.diagnostics]


def test_other_files_and_other_tables_are_not_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "netlify.toml": '[functions]\nA = "1"\n[build]\nA = "1"\n',
            "wrangler.json": '{"name": "a", "env": {"b": {"name": "A"}}, "secrets": {"required": ["A"]}}',
            "compose.yaml": "services: {a: {image: A=1, labels: [A=1]}}\nconfigs: {a: {content: A=1}}\n",
            "node_modules/a/netlify.toml": NETLIFY,
            "settings.toml": NETLIFY,
        },
    )
    assert read(tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("netlify.toml", "wrangler.toml", "wrangler.json", "wrangler.jsonc")),
        *((name, True) for name in ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")),
        *((name, True) for name in ("compose.override.yaml", "docker-compose.prod.yml")),
        *(
            (name, False)
            for name in ("a-netlify.toml", "compose.json", "mycompose.yaml", "composer.yml", "netlify.tom")
        ),
    ],
)
def test_the_names_are_those_of_the_tools(name: str, expected: bool) -> None:
    assert is_settings_file(name) is expected


def test_netlify_sets_variables_for_all_builds_and_for_contexts(tmp_path: Path) -> None:
    write(tmp_path, {"netlify.toml": NETLIFY})
    assert read(tmp_path) == (
        [
            ("API_KEY", "one", "netlify.toml:4"),
            ("NODE_VERSION", "22", "netlify.toml:5"),
            ("API_KEY", "two", "netlify.toml:7"),
            ("API_KEY", "three", "netlify.toml:9"),
        ],
        [],
    )


def test_wrangler_sets_variables_for_each_environment(tmp_path: Path) -> None:
    write(tmp_path, {"wrangler.jsonc": WRANGLER})
    expected = [
        ("API_KEY", "one", "wrangler.jsonc:4"),
        ("SERVICE", '{"token": "inner", "id": "1"}', "wrangler.jsonc:4"),
        ("API_KEY", "two", "wrangler.jsonc:6"),
    ]
    assert read(tmp_path) == (expected, [])
    (tmp_path / "wrangler.jsonc").unlink()
    write(tmp_path, {"wrangler.toml": '[vars]\nAPI_KEY = "one"\n[env.staging.vars]\nAPI_KEY = "two"\nN = 5\n'})
    expected = [
        ("API_KEY", "one", "wrangler.toml:2"),
        ("API_KEY", "two", "wrangler.toml:4"),
        ("N", "5", "wrangler.toml:5"),
    ]
    assert read(tmp_path) == (expected, [])


def test_compose_sets_variables_of_services_and_reads_their_env_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "docker-compose.yml": COMPOSE,
            ".env": "DB_PASSWORD=from env\n",
            "web.env": "A=b#c # d\nB=e\n",
            "raw.env": 'C="f" $g\n',
        },
    )
    settings, notes = read(tmp_path)
    assert notes == []
    assert settings == [
        ("DB_PASSWORD", "from env", ".env:1"),
        ("A", "b", "web.env:1"),  # as dotenv reads it
        ("B", "e", "web.env:2"),
        ("A", "b#c", "web.env:1"),  # as docker compose does
        ("C", '"f" $g', "raw.env:1"),
        ("API_KEY", "one", "docker-compose.yml:2"),
        ("PASSWORD", "from env", "docker-compose.yml:12"),
        ("DOLLAR", "pa$word", "docker-compose.yml:13"),
        ("OTHER", "${NOT_SET}", "docker-compose.yml:14"),
        ("BUILD_KEY", "two=2", "docker-compose.yml:7"),
    ]


def test_an_env_file_is_read_only_inside_of_the_checkout(tmp_path: Path) -> None:
    write(tmp_path, {"secret.env": "A=1\n", "app/shared/a.env": "B=1\n"})
    (tmp_path / "app" / "link.env").symlink_to(tmp_path / "secret.env")
    (tmp_path / "app" / "linked").symlink_to(tmp_path)
    names = [
        "../secret.env",
        str(tmp_path / "secret.env"),
        "link.env",
        "linked/secret.env",
        "shared",
        "no.env",
        "shared/a.env",
    ]
    listed = "".join(f"      - {name}\n" for name in names)
    write(tmp_path, {"app/compose.yaml": f"services:\n  a:\n    env_file:\n{listed}      - required: true\n"})
    settings, notes = read(tmp_path / "app")
    assert settings == [("B", "1", "shared/a.env:1")]
    prefix = "compose.yaml: line"
    assert notes == [
        f"{prefix} 4: the env file ../secret.env is not read: it is outside of the checkout",
        f"{prefix} 5: the env file {names[1][:100]} is not read: it is outside of the checkout",
        f"{prefix} 6: the env file link.env is not read: it is a link",
        f"{prefix} 7: the env file linked/secret.env is not read: it is a link",
        f"{prefix} 8: the env file shared is not read: no file",
        f"{prefix} 9: the env file no.env is not read: no such file",
        f"{prefix} 11: an env file has no path",
    ]


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        ("netlify.toml", "[build\nA = 1\n", "line 1: not valid TOML"),
        ("netlify.toml", '[build]\nenvironment = "A=1"\n', "line 2: variables must be a table of NAME: value"),
        ("wrangler.json", '{\n"vars": {"A": "b"\n}', "line 3: not valid JSON"),
        (
            "wrangler.json",
            '{"vars": {"A": "' + "b" * 200_000 + '"}}',
            "line 1: more than 200,000 bytes; it is not read",
        ),
        (
            "compose.yml",
            "services:\n  a:\n    env_file:\n" + "      - path: absent.env\n        required: false\n" * 21,
            "line 44: more than 20 env files; the rest is not read",
        ),
        ("compose.yml", "services:\n  a: [\n", "line 3: not valid YAML"),
        ("compose.yml", "services:\n  a:\n    environment:\n      - {A: 1}\n", "line 4: no variable is set here"),
    ],
)
def test_bad_input_is_told_with_file_line_and_reason(tmp_path: Path, name: str, text: str, note: str) -> None:
    write(tmp_path, {name: text, ".env": "B=1\n"})
    settings, notes = read(tmp_path)
    assert settings == [("B", "1", ".env:1")]
    assert len(notes) == 1
    assert notes[0].startswith(f"{name}: {note}")


def test_the_prefix_of_a_variable_is_that_of_its_project(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"netlify.toml": '[build.environment]\nVITE_A = "1"\n'})
    (found,) = env_files_of([str(tmp_path)], lambda path: path, lambda _: lambda name: name[:5])
    assert found.settings[0].variable == EnvVariable("VITE_A", f"{tmp_path}/netlify.toml", 2, "VITE_")
    assert found.files == {f"{tmp_path}/netlify.toml"}
