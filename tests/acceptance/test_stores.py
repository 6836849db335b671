"""`frontleak scan` of stores: in memory through the API, and web servers with the installed command."""

import base64
import gzip
import json
import os
import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import frontleak
from frontleak.files.stores.reader import _NO_RANGES as NO_RANGES
from frontleak.files.stores.reader import StoreReader
from frontleak.report.registry import REPORTERS
from tests.acceptance import support
from tests.acceptance.support import Run, in_formats, installed
from tests.support.listing_server import listing
from tests.support.paths import ROOT
from tests.support.shipped import fake
from tests.support.warc import gzipped, record, response

for _name in ("aiohttp", "fsspec.implementations.http"):
    import_module(_name)  # otherwise every forked run imports them again

TOKEN = fake("sanity-token")
SCRIPT = f'x="{TOKEN}"'
SECRET = "p4ssw0rd-of-theirs"


def put(system: Any, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        system.pipe_file(f"/{name}", data)


def scanned(*paths: str, **options: Any) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(frontleak.render(frontleak.scan(*paths, **options), "json"))
    assert TOKEN not in json.dumps(report)
    return report


def scan(
    folder: Path, *arguments: str, command: Callable[..., Run] = support.frontleak, **env: str
) -> tuple[int, dict[str, Any]]:
    done = command("scan", "--isolated", "--format", "json", *arguments, cwd=folder, env=env)
    assert done.stdout, done.err
    assert not any(each in done.out + done.err for each in (TOKEN, SECRET))
    return done.code, done.json()


def test_what_is_not_named_is_not_read(memory: Any) -> None:
    put(memory, {"other/app.js": SCRIPT.encode(), "site2/app.js": SCRIPT.encode(), "site/a.txt": b"x"})
    assert scanned("memory://site")["findings"] == []


def test_objects_have_their_addresses(memory: Any) -> None:
    put(memory, {"site/app.js": SCRIPT.encode(), "site/b/c.js.gz": gzip.compress(SCRIPT.encode())})
    report = scanned("memory://site")
    (finding,) = report["findings"]
    assert (finding["path"], finding["also_at"][0]["path"]) == ("memory://site/app.js", "memory://site/b/c.js.gz")
    assert report["coverage"]["files"] == {"binary": 1, "text": 1}
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)


def test_all_records_of_a_web_archive_in_memory_are_read(memory: Any) -> None:
    noise = random.Random(1)
    bodies = [f"{SCRIPT}//{noise.randbytes(20_000).hex()}" for _ in range(30)]  # more than is read at once
    records = [response(f"https://shop.example/{number}.js", body) for number, body in enumerate(bodies)]
    put(memory, {"site/crawl.warc.gz": gzipped(records)})
    report = scanned("memory://site")
    assert report["skipped"] == []
    assert report["coverage"]["files"] == {"text": 30}


def test_one_object_and_a_missing_one(memory: Any) -> None:
    put(memory, {"site/app.js": SCRIPT.encode(), "site/b.js": SCRIPT.encode()})
    assert [each["path"] for each in scanned("memory://site/app.js")["findings"]] == ["memory://site/app.js"]
    with pytest.raises(frontleak.FrontleakError, match="no such bucket, folder or object"):
        scanned("memory://nothing")


def test_exclude_size_and_pruned_folders_are_as_on_disk(memory: Any, tmp_path: Path) -> None:
    files = {
        "site/app.js": SCRIPT.encode(),
        "site/old/app.js": SCRIPT.encode(),
        "site/node_modules/x/app.js": SCRIPT.encode(),
        "site/large.js": SCRIPT.encode() * 200,
        "site/a.min.js": SCRIPT.encode(),
    }
    put(memory, files)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    options: dict[str, Any] = {"exclude": ["old/", "*.min.js"], "max_file_size": 10_000}
    report, on_disk = scanned("memory://site", **options), scanned(str(tmp_path / "site"), **options)
    assert [each["path"] for each in report["findings"]] == ["memory://site/app.js"]
    assert report["coverage"] == on_disk["coverage"]
    assert (
        [each["code"] for each in report["skipped"]] == [each["code"] for each in on_disk["skipped"]] == ["too-large"]
    )


FOLDERS = ("vite-react/dist", "webpack5/dist", "esbuild/dist", "sveltekit-static/build", "astro/dist")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_build_has_the_findings_that_it_has_on_disk(memory: Any, name: str) -> None:
    top = ROOT / "fixtures" / name
    if not top.is_dir():
        pytest.fail(f"no fixture {name}")
    for file in top.rglob("*"):
        if file.is_file():
            memory.pipe_file(f"/{name}/{file.relative_to(top).as_posix()}", file.read_bytes())
    report, on_disk = scanned(f"memory://{name}"), scanned(str(top))
    assert _bare(report) == _bare(on_disk)
    for key in ("files", "bytes", "views", "maps"):
        assert report["coverage"][key] == on_disk["coverage"][key]


def _bare(report: dict[str, Any]) -> object:
    """Return the findings without where they are."""
    kept = (
        "rule",
        "severity",
        "exposure",
        "confidence",
        "line",
        "column",
        "offset",
        "length",
        "via",
        "label",
        "secret",
    )
    findings = [
        {key: each[key] for key in kept if key in each}
        | {"original": each["original"] and each["original"]["line"], "snippet": len(each["snippet"])}
        | {"places": sorted((place["line"], place["column"], place["exposure"]) for place in each["also_at"])}
        for each in report["findings"]
        if each["secret"]
    ]
    others = sorted(
        (each["rule"], each["severity"], each["exposure"]) for each in report["findings"] if not each["secret"]
    )
    return sorted(findings, key=json.dumps), others


def test_who_can_see_an_object_is_judged_as_on_disk(memory: Any) -> None:
    put(
        memory,
        {
            "app/package.json": b'{"dependencies": {"next": "15"}}',
            "app/src/page.tsx": f'x="{fake("sanity-token", 2)}"'.encode(),
            "app/.next/BUILD_ID": b"x",
            "app/.next/server/app/page.js": SCRIPT.encode(),
            "app/.next/static/chunks/a.js": SCRIPT.encode(),
        },
    )
    report = scanned("memory://app")
    exposures = {each["path"]: each["exposure"] for f in report["findings"] for each in (f, *f["also_at"])}
    assert exposures["memory://app/src/page.tsx"] == "source"
    assert exposures["memory://app/.next/static/chunks/a.js"] == "served"
    (told,) = (each for each in report["skipped"] if each["code"] == "source-code")
    assert "not how client-side code uses tokens" in told["reason"]
    assert not told["incomplete"]


def test_archives_and_web_archives_are_opened(memory: Any) -> None:
    records = [record("warcinfo", "", b"x"), response("https://shop.example/a.js", SCRIPT)]
    put(memory, {"crawl/site.warc.gz": gzipped(records), "crawl/x.js": b"x"})
    (finding,) = scanned("memory://crawl", max_file_size=300)["findings"]
    assert (finding["path"], finding["recording"]) == ("https://shop.example/a.js", "memory://crawl/site.warc.gz")
    assert finding["record_offset"] == len(gzipped(records[:1]))


def test_a_source_map_beside_an_object_is_found_and_no_other(memory: Any) -> None:
    content = f'export const key = "{TOKEN}";\n'
    mapped = {"version": 3, "sources": ["../src/key.ts"], "sourcesContent": [content], "mappings": "AAAA", "names": []}
    script = f'const k="{TOKEN}"\n//# sourceMappingURL='
    put(memory, {"site/a/app.js": f"{script}app.js.map".encode(), "site/a/app.js.map": json.dumps(mapped).encode()})
    put(memory, {"site/b/app.js": f"{script}memory://other/x.map".encode(), "other/x.map": json.dumps(mapped).encode()})
    report = scanned("memory://site")
    finding = next(each for each in report["findings"] if each["rule"] == "sanity-token")
    originals = {each["path"]: each["original"] for each in (finding, *finding["also_at"])}
    assert originals["memory://site/a/app.js"]["path"].endswith("src/key.ts")
    assert originals["memory://site/b/app.js"] is None


def test_small_objects_are_read_in_packs(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(memory, {f"site/{number}.js": b"x = 1" for number in range(200)})
    packs: list[int] = []
    whole = type(memory).cat_ranges

    def counted(self: Any, paths: list[str], *arguments: Any, **more: Any) -> Any:
        packs.append(len(paths))
        return whole(self, paths, *arguments, **more)

    monkeypatch.setattr(type(memory), "cat_ranges", counted)
    monkeypatch.setattr(StoreReader, "whole", lambda *_: pytest.fail("an object was read alone"))
    assert scanned("memory://site")["coverage"]["files"] == {"text": 200}
    assert packs == [64, 64, 64, 8]


def test_an_object_that_is_gone_or_refused_is_told(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(memory, {"site/a.js": SCRIPT.encode(), "site/b.js": b"y"})

    def refused(*_: Any, **__: Any) -> Any:
        raise PermissionError(f"https://user:{SECRET}@host {TOKEN}")

    monkeypatch.setattr(type(memory), "cat_ranges", refused)
    report = scanned("memory://site")
    assert {each["reason"] for each in report["skipped"]} == {"cannot be read: access is denied"}
    assert all(each["incomplete"] for each in report["skipped"])
    monkeypatch.setattr(type(memory), "ls", refused)
    report = scanned("memory://site")
    assert [each["reason"] for each in report["skipped"]] == ["cannot be listed: access is denied"]
    assert SECRET not in json.dumps(report)


def test_a_web_server_that_lists_is_read(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b c.js").write_text(SCRIPT)
    (tmp_path / "sub" / "site.warc.gz").write_bytes(gzipped([response("https://shop.example/a.js", SCRIPT)]))
    with listing(tmp_path) as server:
        code, report = scan(tmp_path, server.address, command=installed)
        (finding,) = report["findings"]
        paths = {each["path"] for each in (finding, *finding["also_at"])}
        assert (code, paths) == (1, {"https://shop.example/a.js", f"{server.address}sub/b%20c.js"})
        assert report["skipped"] == []


def test_an_ordinary_page_leads_to_the_command_for_sites(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<script src="app.js"></script><a href="https://other.example/">x</a>')
    with listing(tmp_path) as server:
        code, report = scan(tmp_path, server.address)
    assert code == 3
    assert "run `frontleak site URL`" in json.dumps(report["skipped"])


EMPTY = {
    "Python": "",
    "nginx": "<html><head><title>Index of /a/</title></head><body><h1>Index of /a/</h1><hr><pre><a href='../'>../</a>",
    "Apache": '<title>Index of /a</title><h1>Index of /a</h1><a href="?C=N;O=D">Name</a><a href="/">Parent Directory</a>',
    "Caddy": "<!DOCTYPE html><title>a</title><style>b{}</style><a href='/'>/</a><script>let x</script>"
    "<footer>Served with <a href='https://caddyserver.com'>Caddy</a></footer>",
    "one with a style sheet": '<link rel="stylesheet" href="/l.css"><title>Directory listing for a</title><ul></ul>',
}


@pytest.mark.parametrize("page", EMPTY.values(), ids=EMPTY)
def test_an_empty_folder_of_a_web_server_is_empty(page: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.js").write_text(SCRIPT)
    if page:
        (tmp_path / "a" / "index.html").write_text(page)
    with listing(tmp_path) as server:
        code, report = scan(tmp_path, server.address)
    assert (code, report["skipped"]) == (1, [])


def test_a_page_of_an_app_below_a_listing_is_no_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.js").write_text("x")
    (tmp_path / "a" / "index.html").write_text('<title>Shop</title><script type="module" src="/app.js"></script>')
    with listing(tmp_path) as server:
        code, report = scan(tmp_path, server.address)
    assert code == 3
    (problem,) = report["skipped"]
    assert (problem["path"], "run `frontleak site URL`" in problem["reason"]) == (f"{server.address}a/", True)


def test_offline_reads_no_address(tmp_path: Path) -> None:
    with listing(tmp_path) as server:
        done = installed("scan", "--isolated", "--offline", server.address, cwd=tmp_path)
        assert (done.code, server.asked) == (2, [])
        assert "FRONTLEAK_OFFLINE) forbids" in done.err
        assert installed("scan", server.address, cwd=tmp_path, env={"FRONTLEAK_OFFLINE": "1"}).code == 2
        plan = ("shard", "plan", server.address, "-n", "1", "-o", "p")
        assert installed(*plan, cwd=tmp_path, env={"FRONTLEAK_OFFLINE": "1"}).code == 2
        assert server.asked == []
        (tmp_path / "app.js").write_text("1")
        assert installed(*plan, cwd=tmp_path, env={"FRONTLEAK_OFFLINE": "0"}).code == 0
        run = ("shard", "run", "p", "--shard", "0")
        assert installed(*run, cwd=tmp_path, env={"FRONTLEAK_OFFLINE": "true"}).code == 2
        assert not [path for path, _ in server.asked if "app.js" in path]


def test_user_password_and_query_go_to_the_server_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text(SCRIPT)
    with listing(tmp_path) as server:
        address = server.address.replace("http://", f"http://someone:{SECRET}@")
        arguments = ("scan", "--isolated", "-v", f"{address}app.js?sig={SECRET}")
        written = in_formats(*arguments, formats=[each.name for each in REPORTERS], cwd=tmp_path, command=installed)
        for done in (installed(*arguments, cwd=tmp_path), *written.values()):
            assert done.code == 1
            assert SECRET not in done.out + done.err
        assert all("sig=" in path and head.startswith("Basic ") for path, head in server.asked if "app.js?" in path)
        assert any("app.js?" in path for path, _ in server.asked)
        done = installed(
            "scan", "--isolated", f"{address}gone.js?sig={SECRET}", cwd=tmp_path, env={"FRONTLEAK_DEBUG": "1"}
        )
        assert done.code == 3
        assert SECRET not in done.out + done.err
        # the query signs the object that is named, no other
        scan(tmp_path, f"{address}?sig={SECRET}")
        assert not any("sig=" in path for path, _ in server.asked if path.startswith("/app.js") and "?" not in path)


def test_no_other_host_is_asked(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text(f"{SCRIPT}\n//# sourceMappingURL=http://localhost:1/app.js.map")
    with listing(tmp_path) as other, listing(tmp_path, moved_to=f"{other.address}app.js") as server:
        code, report = scan(tmp_path, f"{server.address}app.js")
        assert code == 3
        assert other.asked == []
        assert "leads to another host" in report["skipped"][0]["reason"]


def test_a_large_web_archive_needs_ranges(tmp_path: Path) -> None:
    filler = response("https://shop.example/b.js", os.urandom(6_000_000))
    (tmp_path / "site.warc").write_bytes(filler + response("https://shop.example/a.js", SCRIPT))
    with listing(tmp_path) as server:
        assert scan(tmp_path, f"{server.address}site.warc")[0] == 1
    with listing(tmp_path, ranges=False) as server:
        code, report = scan(tmp_path, f"{server.address}site.warc")
        assert (code, report["findings"]) == (3, [])
        assert report["skipped"][0]["reason"] == f"cannot be read: {NO_RANGES}"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://someone:p4ssw0rd-of-theirs@host/x", "not a store that frontleak reads"),
        ("file:///tmp", "name a folder or file on disk"),
        ("s3://", "has no bucket"),
        ("memory://nothing", "no such bucket, folder or object"),
        ("http://someone:p4ssw0rd-of-theirs@[::1/x", "not a valid host or port"),
        ("http://someone:p4ssw0rd-of-theirs@host:99999999/x", "not a valid host or port"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_the_way_out(tmp_path: Path, address: str, said: str) -> None:
    done = installed("scan", "--isolated", address, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 2
    assert SECRET not in done.err


@pytest.mark.parametrize("options", [["scan", "--staged"], ["scan", "--if-built"], ["diff"]])
def test_other_commands_and_options_refuse_an_address_without_quoting_it(tmp_path: Path, options: list[str]) -> None:
    address = f"https://someone:{SECRET}@host.invalid/x"
    done = installed(*options, address, address, cwd=tmp_path)
    assert done.code == 2
    assert SECRET not in done.err


def test_a_path_object_has_lost_a_slash_and_is_told_without_its_password() -> None:
    with pytest.raises(frontleak.FrontleakError) as caught:
        frontleak.scan(Path(f"s3://someone:{SECRET}@bucket/x"))
    assert "no such file or folder" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_processes_read_a_web_archive_of_a_server(tmp_path: Path) -> None:
    filler = "y" * 3_000_000
    (tmp_path / "site.warc.gz").write_bytes(
        gzipped(response(f"https://s.example/{n}.js", filler + SCRIPT) for n in range(15))
    )
    with listing(tmp_path) as server:
        first, second = (scan(tmp_path, f"{server.address}site.warc.gz", "--jobs", jobs)[1] for jobs in "12")
    assert first["findings"] == second["findings"]
    assert len(first["findings"][0]["also_at"]) == 14


@pytest.mark.parametrize("package", ["fsspec", "aiohttp"])
def test_without_the_extra_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    (tmp_path / f"{package}.py").write_text("raise ImportError('not installed')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    done = installed("scan", "--isolated", f"https://someone:{SECRET}@host.invalid/", cwd=tmp_path)
    assert done.code == 2
    assert f"https://host.invalid/: {package} is not installed" in done.err
    assert 'pip install "frontleak[stores]" aiohttp' in done.err
    assert SECRET not in done.err


def test_stores_files_and_the_configuration_of_the_working_directory(tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.mkdir()
    (served / "a.js").write_text(SCRIPT)
    (served / "skip.js").write_text(SCRIPT)
    (served / ".frontleak.yaml").write_text("fail-on: info\nignore: [sanity-token]\n")
    (tmp_path / "b.js").write_text(SCRIPT)
    (tmp_path / ".frontleak.yaml").write_text("exclude: [skip.js]\n")
    with listing(served) as server:
        done = installed("scan", "--format", "json", server.address, "b.js", cwd=tmp_path)
        (finding,) = done.json()["findings"]
        paths = {each["path"] for each in (finding, *finding["also_at"])}
        assert paths == {"b.js", f"{server.address}a.js"}


def test_a_user_in_the_address_comes_before_netrc(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text(SCRIPT)
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login other password {SECRET}\n")
    netrc.chmod(0o600)
    with listing(tmp_path) as server:
        for user, address in (("other", server.address), ("me", server.address.replace("://", "://me:x%2Fy%40@"))):
            server.asked.clear()
            assert scan(tmp_path, f"{address}app.js", NETRC=str(netrc))[0] == 1
            sent = {base64.b64decode(head.removeprefix("Basic ")).decode() for _, head in server.asked if head}
            assert sent == {f"other:{SECRET}" if user == "other" else "me:x/y@"}
