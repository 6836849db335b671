"""The quiet run with an ordinary env file: what it looks for, and what its page says."""

from pathlib import Path

from bench.values import SPEC, Result, env_file, planted, render, variables
from frontleak.files.dotenv import read_env
from tests.acceptance.support import COMMAND

PAGE = Path(SPEC).with_name("VALUES.md")


def test_the_page_tells_of_silence_over_many_packages() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "- **0 found in packages**" in page
    assert "- 200 variables: " in page
    packages = page.partition(" packages, ")[0].rpartition("- ")[2]
    assert int(packages) >= 40


def test_there_are_200_variables_and_an_env_file_has_them() -> None:
    values = variables()
    assert len(values) == 200
    assert variables() == values
    assert {each.name: each.value for each in read_env(env_file(values).encode()).assignments} == values


def test_each_variable_is_found_where_it_is_planted_or_left_out(tmp_path: Path) -> None:
    values = {name: value for name, value in variables().items() if name in {"APP_KEY", "DATABASE_URL", "ADMIN_USER"}}
    env = tmp_path / "ordinary.env"
    env.write_text(env_file(values), "utf-8")
    assert planted(COMMAND, tmp_path, env, values) == {"APP_KEY", "DATABASE_URL"}


def test_a_value_that_is_found_is_on_the_page_with_its_file() -> None:
    found = [("APP_KEY", "lodash@4.17.21/lodash.js", "env-value-served")]
    result = Result(version="1", found=found, skipped={"PORT": "a number"}, seconds=1)
    page = render(result, {"APP_KEY": "", "PORT": ""}, {"APP_KEY"}, {"lodash": (2, 3_000_000)})
    assert "- **1 found in packages**" in page
    assert "| APP_KEY | `lodash@4.17.21/lodash.js` | env-value-served |" in page
    assert "| a number | 1 |" in page
    assert "1 packages, 2 files, 3 MB" in page
