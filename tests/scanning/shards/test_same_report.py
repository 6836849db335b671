"""The merged report of shards is that of a scan on one machine, over every fixture and quiet package."""

import gzip
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from frontleak.core.records import replace
from frontleak.scanning.options import ScanOptions
from frontleak.triage.accepted import Accepted, IgnoredFinding
from frontleak.triage.baseline import new_baseline
from tests.golden.golden import targets
from tests.scanning.shards.in_shards import both
from tests.support.har import record, write_har
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


def test_of_named_files(tmp_path: Path) -> None:
    tree(tmp_path)
    plain, joined = both(tmp_path, replace(OPTIONS, paths=("src/config.ts", "app.js", "dist", "deep/er")), 3)
    assert joined == plain
