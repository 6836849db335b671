"""The merged report of shards is that of a scan on one machine, over every fixture and quiet package."""

import gzip
import io
import json
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from frontleak.api.functions import load_rules
from frontleak.core.errors import ConfigError
from frontleak.core.records import replace
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.shards.lines import lines_of, read_line
from frontleak.scanning.shards.plan import make_plan
from frontleak.scanning.shards.run import run_shard
from frontleak.scanning.shards.settings import settings_of
from frontleak.triage.accepted import Accepted, IgnoredFinding
from frontleak.triage.baseline import new_baseline
from tests.golden.golden import targets
from tests.scanning.shards.in_shards import KEY, both
from tests.support import warc
from tests.support.har import record, write_har
from tests.support.listing_server import listing
from tests.support.shipped import fake

TARGETS = targets()
OPTIONS = ScanOptions(paths=(".",), show_public=True, show_server=True, jobs=1)
QUICK = ("fixtures__vite-react", "fixtures__next-app")
PASSWORD = 'const url="postgres://app:Summer2024x@db.acme-shop.com/y";\n'


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in TARGETS]
)
def test_of_a_fixture(name: str) -> None:
    plain, joined = both(TARGETS[name], OPTIONS, 2 + len(name) % 4)
    assert joined == plain


@pytest.mark.slow
def test_of_all_fixtures_together() -> None:
    plain, joined = both(TARGETS[QUICK[0]].parent, OPTIONS, 7)
    assert json.loads(plain)["summary"]["findings"] > 20
    assert joined == plain


def tree(folder: Path) -> None:
    """Write what a merge can get wrong: one secret in many places, comments, maps, archives, passwords, skips."""
    one, two, three = (fake("sanity-token", seed) for seed in ("one", "two", "three"))
    files = {
        "app.js": f'fetch(u,{{token:"{one}"}})',
        "src/config.ts": f'export const token = "{two}" // frontleak: ignore[sanity-token] known\n{PASSWORD}',
        "src/other.ts": 'import {token} from "./config"\nuse(token) // frontleak: ignore[sanity-token] unused\n',
        "src/odd.ts": f'const a = "{three}" // frontleak: ignore[no-such-rule] why\n',
        "deep/er/again.js": f'x("{one}");{PASSWORD}',
        "dist/assets/app.4f3c2a11.js": f'var t="{two}"\n//# sourceMappingURL=app.4f3c2a11.js.map',
        "dist/assets/app.4f3c2a11.js.map": json.dumps(
            {"version": 3, "sources": ["../../src/config.ts"], "names": [], "mappings": "AAAA", "sourcesContent": ["x"]}
        ),
        "dist/index.html": f"<script>window.t='{three}'</script>",
        ".env": f"PUBLIC_SANITY_TOKEN={one}\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "dist/index.html.gz").write_bytes(gzip.compress(b"<p>" + one.encode()))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("inner/a.js", f'a="{three}"')
    (folder / "dist/site.zip").write_bytes(data.getvalue())
    (folder / "broken.gz").write_bytes(gzip.compress(one.encode() * 50)[:60])
    (folder / "nowhere").symlink_to("missing")
    (folder / "large.js").write_text("x" * 300_000)


@pytest.mark.parametrize("count", [1, 2, 5, 30])
@pytest.mark.parametrize("package", [True, False], ids=["package", "folder"])
def test_of_a_mixed_tree(count: int, package: bool, tmp_path: Path) -> None:
    tree(tmp_path)
    if package:
        (tmp_path / "package.json").write_text('{"dependencies":{"@sanity/client":"6","vite":"5"}}')
    options = replace(OPTIONS, max_file_size=200_000, warn_unused_ignores=True)
    plain, joined = both(tmp_path, options, count, seed=count)
    report = json.loads(plain)
    assert len(report["findings"]) >= 2
    assert {"archive", "ignore-comment", "link", "too-large"} <= {each["code"] for each in report["skipped"]}
    assert joined == plain


def test_with_what_a_team_accepts(tmp_path: Path) -> None:
    tree(tmp_path)
    first = json.loads(both(tmp_path, OPTIONS, 1)[0])["findings"][0]["fingerprint"]
    accepted = Accepted(
        baseline=new_baseline(),
        baseline_name="b.json",
        findings={first: IgnoredFinding(fingerprint=first, reason="a test")},
        today=date(2026, 1, 1),
    )
    plain, joined = both(tmp_path, replace(OPTIONS, accepted=accepted), 3)
    assert json.loads(plain)["suppressed"]
    assert joined == plain


@pytest.mark.parametrize("count", [1, 3])
def test_of_recordings_and_saved_responses(count: int, tmp_path: Path) -> None:
    site, secret = "https://shop.example", fake("sanity-token", "har")
    bodies = [record(f"{site}/{name}.js", f'x="{secret}";y={name}') for name in "abc"]
    write_har(tmp_path, *bodies, record(f"{site}/d.js", "1"))
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved/app.js").write_text(f'z="{secret}"')
    (tmp_path / "urls.jsonl").write_text(json.dumps({"path": "saved/app.js", "url": f"{site}/app.js"}))
    plain, joined = both(tmp_path, replace(OPTIONS, paths=("site.har",)), count)
    assert len(json.loads(plain)["findings"]) == 1
    assert joined == plain
    plain, joined = both(tmp_path, replace(OPTIONS, paths=("saved",), url_manifest="urls.jsonl"), count)
    assert json.loads(plain)["findings"][0]["path"] == f"{site}/app.js"
    assert joined == plain


@pytest.mark.parametrize("count", [1, 3])
def test_of_a_server_whose_code_sends_a_secret(count: int, tmp_path: Path) -> None:
    """One build sends it, in another the same secret stays on the server."""
    sent, kept = fake("sanity-token", "sent"), fake("sanity-token", "kept")
    for number, code in enumerate(
        (
            f"export const load = () => {{ return new Response('{sent}'); }};",
            f"const t = '{sent}'; export const load = () => fetch(u, {{headers: {{a: t}}}});",
            f"const t = '{kept}'; export const load = () => fetch(u, {{headers: {{a: t}}}});",
        )
    ):
        folder = tmp_path / str(number)
        (folder / ".next/server/app").mkdir(parents=True)
        (folder / ".git").mkdir()
        (folder / "package.json").write_text('{"dependencies":{"next":"15"}}')
        (folder / ".next/server/app/page.js").write_text(code)
    plain, joined = both(tmp_path, OPTIONS, count)
    report = json.loads(plain)
    assert {each["exposure"] for each in report["findings"]} == {"served", "server"}
    assert [each["shipped"] for each in report["findings"] if each["exposure"] == "served"] != [""]
    assert joined == plain


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("packing", ["plain", "gzip", "gzip as a whole"])
def test_of_web_archives(count: int, packing: str, tmp_path: Path) -> None:
    ending, pack = warc.PACKINGS[packing]
    site, secret = "https://shop.example", fake("sanity-token", "warc")
    records = [warc.response(f"{site}/{name}.js", f'x="{secret}";y={name}') for name in "abc"]
    (tmp_path / f"crawl{ending}").write_bytes(pack([warc.request(site, f"x-key: {secret}"), *records]))
    (tmp_path / f"cut{ending}").write_bytes(pack(records)[:-30])
    (tmp_path / "app.js").write_text(f'z="{secret}"')
    plain, joined = both(tmp_path, OPTIONS, count)
    report = json.loads(plain)
    assert f"{site}/a.js" in {each["path"] for each in report["findings"][0]["also_at"]}
    assert not report["summary"]["complete"]
    assert joined == plain


@pytest.mark.parametrize("count", [1, 3])
def test_of_addresses(count: int, tmp_path: Path) -> None:
    served, here = tmp_path / "served", tmp_path / "here"
    here.mkdir()
    one, two = fake("sanity-token", "one"), fake("sanity-token", "two")
    (served / "a").mkdir(parents=True)
    for name in "klmn":
        (served / f"a/{name}.js").write_text(f'x="{one}";y="{name}"')
    (served / "crawl.warc").write_bytes(warc.response("https://shop.example/w.js", f'x="{two}"'))
    (here / "app.js").write_text(f'z="{one}"')
    with listing(served) as server:
        plain, joined = both(here, replace(OPTIONS, paths=("app.js", server.address)), count)
        bodies = [path for path, _ in server.asked if path.endswith(".js")]
    report = json.loads(plain)
    assert len(report["findings"]) == 2
    assert report["coverage"]["files"]["text"] == 6
    assert joined == plain
    assert len(bodies) == 8, "each object is asked for once by the scan and once by the shards"


def test_a_shard_has_no_result_where_the_package_of_a_store_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.js").write_text("1")
    ruleset = load_rules()
    with listing(tmp_path) as server:
        plan = make_plan(ruleset, settings_of(replace(OPTIONS, paths=(server.address,))), 1)
    (line,) = lines_of(plan, KEY)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(ConfigError, match="fsspec is not installed"):
        run_shard(read_line(line, "plan:1", KEY), ruleset)


@pytest.mark.parametrize(
    "address",
    ["https://user:hunter22@host/a/", "https://host/a.js?X-Amz-Signature=hunter22", "s3://hunter22@bucket/a"],
)
def test_a_plan_takes_no_credentials_of_an_address(address: str) -> None:
    with pytest.raises(ConfigError, match="everyone can read a plan") as refused:
        settings_of(replace(OPTIONS, paths=("dist", address)))
    assert "hunter22" not in str(refused.value) + refused.value.advice


def test_objects_in_memory_are_in_no_shard() -> None:
    with pytest.raises(ConfigError, match="other processes do not see it"):
        settings_of(replace(OPTIONS, paths=("memory://a",)))


def test_of_named_files(tmp_path: Path) -> None:
    tree(tmp_path)
    plain, joined = both(tmp_path, replace(OPTIONS, paths=("src/config.ts", "app.js", "dist", "deep/er")), 3)
    assert joined == plain
