"""Setup of all tests: a temporary cache, no outside settings, and reproducible properties.

Properties draw the same examples in every run; `pytest --hypothesis-profile explore` draws many new ones.
"""

import contextlib
import gc
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
import regex
from hypothesis import settings

from frontleak.core.errors import FrontleakError
from frontleak.rules.ruleset import digest_of
from tests.support import forked, warm_process
from tests.support.few_rules import copy_few_rules, shipping
from tests.support.run_folder import CACHE, share, shared_folder
from tests.support.shipped import full_engine, full_set

settings.register_profile("steady", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("explore", deadline=None, database=None, print_blob=True, max_examples=3000)
settings.load_profile("steady")


SLOW: Final = (
    *("acceptance/", "files/archives/", "golden/", "matrix/", "properties/", "quiet/", "scanning/test_pool.py"),
    *("cli/test_bad_input.py", "cli/test_config.py", "cli/test_engines.py", "cli/test_exit_codes.py"),
    *("cli/lsp/", "files/web/test_discover.py"),
    *("cli/test_init.py", "cli/test_builds.py"),
    *("cli/test_lazy_imports.py", "cli/test_terminal.py", "decode/test_hostile.py", "match/plugins/"),
    *("misuse/test_hostile.py", "misuse/test_without_parser.py", "rules/test_rulesets.py"),
    *("rules/test_split_examples.py", "rules/test_collisions.py", "cli/test_outputs.py", "cli/test_verbosity.py"),
    *("rules/test_shipped_rules.py", "scanning/test_processes.py", "sourcemaps/", "verify/test_client.py"),
    *("verify/test_command.py", "files/test_exposure.py", "files/test_read.py", "cli/test_rules.py"),
    *("decode/payloads/test_json_path.py", "rules/test_rule_mistakes.py", "core/test_elide.py"),
    *(
        "core/test_secret_gate.py",
        "files/test_ignore.py",
        "files/git/",
        "cli/test_cache_in_tree.py",
        "cli/test_scarcity.py",
        "verify/test_second_vendor.py",
    ),
    *("decode/payloads/test_hydration.py", "decode/test_packed.py", "triage/test_placeholders.py"),
    *(
        "misuse/test_build_scripts.py",
        "misuse/test_client_ways.py",
        "misuse/test_diagnostics.py",
        "misuse/test_work.py",
    ),
    *("misuse/test_handover_frameworks.py", "misuse/test_handover_in_sites.py", "modulegraph/test_reachability.py"),
    *("cli/test_settings.py", "report/test_naive_format.py", "rules/test_required_literals.py"),
    *("browser/", "api/test_api.py"),
    *("rules/test_yaml_insert.py", "verify/test_trace.py"),
    *("verify/vendors/", "verify/test_environment.py", "decode/maps/test_mappings.py", "fuzz/", "faults/"),
    *("journeys/", "scanning/test_one_file.py", "scanning/shards/", "scanning/test_open_text.py", "cli/test_shard.py"),
    *("scanning/test_scan.py", "scanning/test_spread.py", "scanning/test_schedule.py", "bench/", "files/recordings/"),
    *("cli/hooks/", "cli/test_help.py", "cli/test_rule_trials.py", "cli/test_addresses.py", "cli/test_wording.py"),
    *("core/test_placeholders.py", "core/test_randomness.py", "triage/test_pairs.py", "report/test_ci_formats.py"),
    *("decode/maps/test_json_cursor.py", "modulegraph/test_tree_cache.py", "match/test_known_values.py"),
    *("rules/test_value_gate.py",),
)
"""Folders and files below `tests/` marked `slow`: the rest runs in under 30 seconds (`make test-fast`)."""

LONG: Final = ("acceptance/test_run_limits.py", "faults/", "properties/", "scanning/shards/test_same_report.py")
"""Those with tests that take seconds. They run first, so that at the end no process waits for another's last test."""


collect_ignore: Final = [] if find_spec("playwright") else ["browser"]
"""The tests in a browser need an extra; where it is missing, `pytest -m browser` finds no test, which is an error."""

SHARED_FOLDER: Final = "frontleak_shared_folder"
"""What the processes of pytest-xdist call the folder that they share."""

DAY: Final = 86400
"""Seconds."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage in 300 MB of tests, neither while they are collected nor later: they stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _path_of(item).startswith(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: not _path_of(item).startswith(LONG))


def _path_of(item: pytest.Item) -> str:
    return item.path.as_posix().rpartition("/tests/")[2]


def pytest_collection_finish() -> None:
    warm_process.watch()


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("FRONTLEAK_")]:
        del os.environ[name]
    given = getattr(config, "workerinput", {}).get(SHARED_FOLDER)
    if given is None:
        folder = tempfile.TemporaryDirectory(prefix="frontleak-tests-")
        config.add_cleanup(folder.cleanup)
        given = folder.name
    share(Path(given))
    _keep_bytecode(config)
    cache = Path(given) / CACHE
    os.environ["FRONTLEAK_CACHE_DIR"] = str(cache)
    if not cache.exists():
        cache.mkdir(mode=0o700)
        _fill(cache, config)
    forked.remember()
    config.add_cleanup(warm_process.start())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let the processes of pytest-xdist share one folder, so that the rules are compiled for all of them."""
    node.workerinput[SHARED_FOLDER] = str(shared_folder())


@pytest.fixture(scope="session")
def few_rules_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped files, and the rules of a few vendors."""
    return copy_few_rules(tmp_path_factory.mktemp("few") / "rules")


@pytest.fixture
def few_rules(few_rules_folder: Path) -> Iterator[Path]:
    """Let that folder stand for the shipped rules: for what is not about a vendor, but reads the files of all."""
    with shipping(few_rules_folder):
        yield few_rules_folder


def _keep_bytecode(config: pytest.Config) -> None:
    """Compile each module once, and not in each of many processes, where nothing is to be written into the checkout."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        folder = config.cache.mkdir("bytecode") if hasattr(config, "cache") else shared_folder() / "bytecode"
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(folder)
        sys.dont_write_bytecode = False


def _fill(cache: Path, config: pytest.Config) -> None:
    """Put the shipped rules in compiled form, which pytest keeps, into the cache of this run."""
    if not hasattr(config, "cache"):  # it was switched off
        return
    kept = config.cache.mkdir("compiled-rules")
    before = {Path(shutil.copy(file, cache)).name for file in kept.iterdir()}
    expressions = _expressions(config.cache.mkdir("compiled-expressions"))
    with contextlib.suppress(FrontleakError), expressions:  # the tests tell what is wrong with a rule
        full_engine()
    compiled = list(cache.iterdir())
    new_kinds = {_kind(file.name) for file in compiled if file.name not in before}
    for file in compiled:
        if file.name not in before:
            shutil.copy(file, kept)
        elif _kind(file.name) in new_kinds:  # of other rules
            file.unlink()
            (kept / file.name).unlink()
    for file in cache.iterdir():  # the cache drops the oldest sets, which are not to be these
        os.utime(file, (file.stat().st_atime, file.stat().st_mtime + DAY))


@contextlib.contextmanager
def _expressions(kept: Path) -> Iterator[None]:
    """Copy the compiled expressions of the shipped rules from a folder that pytest keeps; meanwhile compile new ones."""
    file = kept / f"{digest_of(full_set().digest, regex.__version__)}.bin"
    child = 0
    if not file.exists() and hasattr(os, "fork"):
        shutil.rmtree(kept)
        kept.mkdir()
        child = os.fork()
        if not child:
            try:
                forked.write_expressions(full_set(), file)
            except BaseException:  # noqa: BLE001 - the tests compile what is missing
                traceback.print_exc()
            finally:
                os._exit(0)
    yield
    if child:
        os.waitpid(child, 0)
    if file.exists():
        shutil.copy(file, shared_folder() / forked.EXPRESSIONS)


def _kind(name: str) -> str:
    return name.partition("-")[0]
