"""The env files of projects, in the order in which their frameworks load them."""

from pathlib import Path

import pytest

from frontleak.core.errors import ConfigError
from frontleak.misuse.env_values.projects import env_files_of, inside
from tests.acceptance.support import write


def read(*paths: Path) -> list[tuple[str, str, str]]:
    """Return (name, value, file) of all that is set, in order."""
    found = env_files_of([str(path) for path in paths], lambda path: path.rpartition("/")[2], lambda _: lambda _: "")
    return [(each.variable.name, each.value, each.variable.file) for part in found for each in part.settings]


def test_examples_links_and_packages_are_not_read(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {".env.example": "A=1", ".env.vault": "A=1", "node_modules/a/.env": "A=1", "real": "A=1"})
    (tmp_path / ".env").symlink_to(tmp_path / "real")
    assert read(tmp_path) == []


def test_nothing_outside_of_the_checkout_is_read(tmp_path: Path) -> None:
    write(tmp_path, {".env": "A=1", "app/.git/HEAD": "", "app/dist/a.js": ""})
    assert read(tmp_path / "app" / "dist") == []


@pytest.mark.parametrize("package", ["next", "vite", "react-scripts", "none"])
def test_a_reference_finds_the_value_of_the_last_file_of_its_mode(tmp_path: Path, package: str) -> None:
    (tmp_path / ".git").mkdir()
    write(
        tmp_path,
        {
            "package.json": f'{{"name": "a", "dependencies": {{"{package}": "1"}}}}',
            ".env": "HOST=base\n",
            ".env.production": "HOST=prod\n",
            ".env.production.local": "URL=https://${HOST}/a\n",
            ".env.development": "URL=http://${HOST}/a\n",
        },
    )
    found = read(tmp_path)
    assert ("URL", "https://prod/a", ".env.production.local") in found
    assert ("URL", "http://base/a", ".env.development") in found
    assert len(found) == len(set(found))


def test_the_order_is_that_of_the_framework(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    files = {".env": "A=1", ".env.local": "A=2", ".env.production": "A=3", ".env.production.local": "B=$A"}
    write(tmp_path, {**files, "package.json": '{"name": "a", "dependencies": {"next": "15"}}'})
    assert next(each for each in read(tmp_path) if each[0] == "B")[1] == "2"
    write(tmp_path, {"package.json": '{"name": "a", "devDependencies": {"vite": "7"}}'})
    assert next(each for each in read(tmp_path) if each[0] == "B")[1] == "3"


def test_files_above_and_below_a_path_are_read(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {".env": "A=1", "apps/a/.env": "B=1", "apps/b/.dev.vars": "C=1"})
    assert [name for name, _, _ in read(tmp_path / "apps")] == ["A", "B", "C"]


def test_a_configuration_names_files_below_its_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.env": "A=1", "c.env": "A=1"})
    folder = str(tmp_path.resolve() / "a")
    assert [Path(each).name for each in inside(folder, ["b.env"])] == ["b.env"]
    (tmp_path / "a" / "link.env").symlink_to(tmp_path / "c.env")
    for name in ("../c.env", "link.env", "/etc/passwd"):
        with pytest.raises(ConfigError):
            inside(folder, [name])
