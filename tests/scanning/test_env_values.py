"""Values of variables in workers, spawned ones too, and in the excerpts of real packages."""

import json
import pickle
from pathlib import Path

from bench.quiet import CUTS
from frontleak.core.blob import Blob
from frontleak.core.env_value import EnvValue, EnvValues, EnvVariable, HiddenValue
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.rules.load import load_rules
from frontleak.scanning.options import WorkerOptions
from frontleak.scanning.worker import Worker
from tests.acceptance.support import frontleak, token, write
from tests.support.env_values import fake, ordinary_env


def worker(*values: str, home: str = "") -> Worker:
    made = Worker(load_rules(), WorkerOptions(max_file_size=1 << 20))
    env = tuple(
        EnvValue(value=HiddenValue(value.encode()), variables=(EnvVariable(f"V{number}_KEY", ".env", number + 1),))
        for number, value in enumerate(values)
    )
    made.look_for(EnvValues(values=env, files=frozenset({home} if home else ())))
    return made


def blob(text: str, path: str = "dist/a.js", exposure: Exposure = Exposure.SERVED) -> Blob:
    return Blob(origin=FileOrigin(path=path), data=text.encode(), exposure=exposure)


def test_a_file_that_sets_a_variable_has_no_leak() -> None:
    text = f"V0_THING={fake(1)}"
    assert worker(fake(1), home="/a/settings").scan(blob(text, "settings"), "/a/settings").detections == ()
    assert worker(fake(1)).scan(blob(text, ".env.local", Exposure.SOURCE), "/a/.env.local").detections == ()
    assert worker(fake(1)).scan(blob(text, "a.txt"), "/a/a.txt").detections


def test_a_spawned_worker_has_the_values_and_results_have_none() -> None:
    made = worker(fake(1))
    sent = pickle.dumps(made)
    result = pickle.loads(sent).scan(blob(f"a='{fake(1)}'"), "/a/a.js")
    (detection,) = result.detections
    assert detection.context["variable"] == ("V0_KEY",)
    assert fake(1).encode() not in pickle.dumps(result)
    assert fake(1) not in repr(result)
    assert fake(1) not in repr(made._options)


def test_a_value_of_words_has_no_digest_in_its_fingerprint() -> None:
    guessable = EnvValue(
        value=HiddenValue(b"summer2024rain"), variables=(EnvVariable("ADMIN_PASSWORD", ".env", 1),), is_guessable=True
    )
    made = Worker(load_rules(), WorkerOptions(max_file_size=1 << 20))
    made.look_for(EnvValues(values=(guessable,)))
    (detection,) = made.scan(blob("a='summer2024rain'"), "/a/a.js").detections
    assert detection.named == "ADMIN_PASSWORD"


def test_a_detection_of_a_rule_is_told_the_variable_and_keeps_its_rule() -> None:
    (detection,) = worker(token()).scan(blob(f"a='{token()}'"), "/a/a.js").detections
    assert detection.rule_id == "sanity-token"
    assert detection.context["variable"] == ("V0_KEY",)


def test_a_name_of_a_file_shows_no_value() -> None:
    result = worker(fake(1)).scan(blob(f"a='{fake(1)}'", f"dist/{fake(1)}.js"), "/a/a.js")
    assert fake(1)[:12] not in repr(result)


def test_real_packages_are_silent_about_an_ordinary_env_file(tmp_path: Path) -> None:
    write(tmp_path, {".env": ordinary_env()})
    done = frontleak(
        "scan", str(CUTS), "--isolated", "--env-file", ".env", "--format", "json", "--show-env-skipped", cwd=tmp_path
    )
    found = json.loads(done.stdout)["findings"]
    assert [each for each in found if "variable" in each["context"] and "mistake" in each["context"]] == []
    assert done.stderr.count(b"\n") < 80
