"""What responses name: the silent cases first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.files.web.discover import discovered
from frontleak.files.web.reference import Kind, Reference, Why

SITE = "https://shop.example"


def references(text: str, url: str = f"{SITE}/", media: str = "text/html", kind: Kind = Kind.PAGE) -> list[Reference]:
    return list(discovered(text, url, media, kind, []))


def named(text: str, url: str = f"{SITE}/", media: str = "text/html", kind: Kind = Kind.PAGE) -> list[str]:
    """Return the paths that are linked, not guessed."""
    return [each.url.removeprefix(SITE) for each in references(text, url, media, kind) if each.why is not Why.GUESSED]


def script(text: str, url: str = f"{SITE}/assets/index-DiwrgTda.js", kind: Kind = Kind.SCRIPT) -> list[str]:
    return named(text, url, "text/javascript", kind)


@pytest.mark.parametrize(
    "text",
    [
        "<!-- <script src=a.js></script> -->",
        "<link rel=icon href=/favicon.ico><link rel=preload as=font href=a.woff2><link rel=preload as=image href=a.png>",
        "<link rel=alternate href=/feed.json><link rel=canonical href=/other><link rel=dns-prefetch href=//a.example>",
        "<a href='mailto:a@b.example'>a</a><a href='javascript:void 0'>b</a><a href='/search?q=a'>c</a>",
        "<a href=/a.pdf>a</a><a href=/b download>b</a><a name=c>c</a>",
        "<script>x='<script src=a.js>'</script>",
        "<script src='data:text/javascript,1'></script><script src='blob:x'></script>",
        "<script src='https://user:pass@shop.example/a.js'></script>",
        "<script src='http://[broken/a.js'></script><script src='https://a:99999/x'></script>",
        "<script type=importmap>{</script><script type=importmap>{'a': 1}</script>",
        '<script type=importmap>{"imports": {"a/": "/a/", "b": null}, "scopes": []}</script>',
        "<script src=a.js",
        "<img src=a.png><video src=b.mp4></video>",
    ],
)
def test_pages_that_name_nothing(text: str) -> None:
    assert named(text) == []


def test_what_a_page_names() -> None:
    text = """<!doctype html><base href="/app/"><link rel="stylesheet" href='a.css'>
    <link rel=modulepreload href=b.js><LINK REL="PRELOAD" AS="script" HREF="c.js?v=1&amp;w=2">
    <link rel=preload as=fetch href=/data.json><link rel=manifest href=/site.webmanifest>
    <script type=module src=./d.js></script><script src="//cdn.example/e.js"></script>
    <script type="importmap">{"imports": {"x": "./f.js"}, "scopes": {"/g/": {"y": "/g/y.js"}}}</script>
    <script>import("./h.js"); navigator.serviceWorker.register("/sw.js")</script>
    <astro-island component-url="/_astro/I.js" renderer-url=/_astro/r.js></astro-island>
    <iframe src=/frame></iframe><a href="about">x</a>"""
    assert named(text) == [
        *("/app/a.css", "/app/b.js", "/app/c.js?v=1&w=2", "/data.json", "/site.webmanifest", "/app/d.js"),
        *("https://cdn.example/e.js", "/app/f.js", "/g/y.js", "/app/h.js", "/sw.js"),
        *sorted(("/_astro/I.js", "/_astro/r.js"), key=named(text).index),
        *("/frame", "/app/about"),
    ]
    kinds = {each.url: each.kind for each in references(text)}
    assert kinds[f"{SITE}/sw.js"] is Kind.LIST
    assert kinds[f"{SITE}/frame"] is Kind.PAGE


@pytest.mark.parametrize(
    "text",
    [
        'import{a}from"react";import("lodash");require("./a.js")',
        'x="./a.js";fetch("/api.json");Array.from("abc");el.register("name")',
        "import(`./${lang}.js`);import(name)",
        'new URL("image.png",import.meta.url);new URL("https://a.example")',
        "//# sourceMappingURL=data:application/json;base64,e30=",
        'a.u=e=>b(e)+".js";a.p="/"',
        'r.u=function(e){return{}[e]+".js"};r.p=""',
        "__vite__mapDeps",
    ],
)
def test_scripts_that_name_nothing(text: str) -> None:
    assert script(text) == []


def test_what_a_script_names() -> None:
    text = """import"./a.js";import{b}from'../b.mjs';export*from"/c.js";import(/* webpackIgnore: true */ "./d.js");
    System.import(`./e.js`);new Worker(new URL("worker-1.js",import.meta.url));importScripts("f.js");
    new SharedWorker("/g.js");
    //# sourceMappingURL=index.js.map"""
    assert script(text) == [
        *("/assets/a.js", "/b.mjs", "/c.js", "/assets/d.js", "/assets/e.js"),
        *("/assets/worker-1.js", "/assets/f.js", "/g.js", "/assets/index.js.map"),
    ]


def test_the_dependencies_of_vite() -> None:
    text = (
        'const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/a-1.js","assets/b-2.css"])))=>i.map(i=>d[i]);'
    )
    assert script(text) == ["/assets/a-1.js", "/assets/b-2.css"]
    assert script(text, f"{SITE}/shop/assets/index.js") == ["/shop/assets/a-1.js", "/shop/assets/b-2.css"]


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [
        (
            'r.u=e=>"static/chunks/"+({12:"cart"}[e]||e)+"."+{12:"4f3c",34:"9d8e"}[e]+".js";r.p="/_next/"',
            ["/_next/static/chunks/cart.4f3c.js", "/_next/static/chunks/34.9d8e.js"],
        ),
        (
            'r.u=function(e){return e===7?"static/chunks/7-a.js":8===e?"b.js":"c/"+{9:"x"}[e]+".js"};r.p="/_next/"',
            ["/_next/static/chunks/7-a.js", "/_next/b.js", "/_next/c/x.js"],
        ),
        (
            'r.miniCssF=e=>"css/"+{12:"aa"}[e]+".css";r.p="https://cdn.example/x/"',
            ["https://cdn.example/x/css/aa.css"],
        ),
        ('r.u=e=>e+".chunk.js";r.e(5).then();r.e("home")', ["/assets/5.chunk.js", "/assets/home.chunk.js"]),
        ("r.u=e=>`js/${e}.${{1e3:'h'}[e]}.js`", []),
        ('r.u=e=>"js/"+e+"."+{1e3:\'h\'}[e]+".js"', ["/assets/js/1000.h.js"]),
    ],
)
def test_the_chunks_of_webpack(runtime: str, expected: list[str]) -> None:
    assert script(runtime) == expected


def test_ten_thousand_chunks_take_time_in_proportion() -> None:
    chunks = ",".join(f'{number}:"h{number}"' for number in range(10_000))
    assert len(script(f'r.u=e=>"c/"+({{{chunks}}}[e]||e)+"."+{{{chunks}}}[e]+".js"')) == 10_000


def test_many_choices_in_a_row_are_no_recursion() -> None:
    choices = "".join(f'{number}===e?"c{number}.js":' for number in range(5_000))
    assert len(script(f'r.u=e=>{choices}"d.js"')) == 5_000
    assert script(f"r.u=e=>{'(' * 5_000}e{')' * 5_000}") == []


def test_manifests_and_service_workers() -> None:
    build = 'self.__BUILD_MANIFEST=function(a){return{"/":[a,"static/chunks/pages/index-1.js"]}}("static/chunks/2.js")'
    assert named(build, f"{SITE}/_next/static/id/_buildManifest.js", "text/javascript", Kind.SCRIPT) == [
        "/_next/static/chunks/pages/index-1.js",
        "/_next/static/chunks/2.js",
    ]
    vite = '{"src/a.ts": {"file": "assets/a-1.js", "css": ["assets/a-2.css"]}}'
    assert named(vite, f"{SITE}/.vite/manifest.json", "application/json", Kind.LIST) == [
        "/assets/a-1.js",
        "/assets/a-2.css",
    ]
    routes = 'window.m={"path":"","module":"/assets/a-1.js"};'
    assert script(routes, f"{SITE}/assets/manifest-0a1b2c3d.js") == ["/assets/a-1.js"]
    worker = 'precacheAndRoute([{url:"index.html",revision:"1"},{"url":"assets/x.js","revision":null},"/y.json"])'
    assert set(script(worker, f"{SITE}/my-worker.js")) == {"/assets/x.js", "/y.json"}
    assert set(script('a=["assets/x.js"]', f"{SITE}/worker.js", Kind.LIST)) == {"/assets/x.js"}


def guessed(text: str, url: str = f"{SITE}/") -> list[str]:
    return [each.url.removeprefix(SITE) for each in references(text, url) if each.why is Why.GUESSED]


def test_no_framework_no_guess() -> None:
    assert guessed("<script src=/app.js></script><p>We moved from static/js to _nuxt and back</p>") == []


def test_a_page_of_next() -> None:
    text = """<script src="/docs/_next/static/chunks/main.js"></script><script>self.__next_f.push([1,"0:{\\"b\\":\\"bQ2x\\"}"])
    self.__next_f.push([1,"I[1,[\\"2\\",\\"static/chunks/app/page-1.js\\"]]"])</script>"""
    assert "/docs/_next/static/chunks/app/page-1.js" in named(text)
    assert guessed(text, f"{SITE}/docs/about") == [
        "/docs/_next/static/bQ2x/_buildManifest.js",
        "/docs/_next/static/bQ2x/_ssgManifest.js",
        "/docs/about?_rsc=frontleak",
        "/docs/about.txt",
        "/docs/about.rsc",
    ]
    pages = '<script src="/_next/static/x.js"></script><script>{"buildId":"b1","page":"/","__N_SSG":true}</script>'
    assert "/_next/data/b1/index.json" in guessed(pages)


def test_pages_of_others() -> None:
    assert "/blog/__data.json" in guessed('<link href="../_app/immutable/a.js">{type:"data",data:1}', f"{SITE}/blog")
    nuxt = '<script src="/_nuxt/a.js"></script><script>window.__NUXT__={config:{app:{buildId:"0123456789ab"}}}</script>'
    assert guessed(nuxt, f"{SITE}/de/") == ["/_nuxt/builds/meta/0123456789ab.json", "/de/_payload.json"]
    gatsby = '<link as="fetch" rel="preload" href="/page-data/app-data.json">'
    assert guessed(gatsby) == ["/page-data/app-data.json", "/page-data/index/page-data.json"]


def test_a_map_is_guessed_for_scripts_only() -> None:
    found = references("x=1", f"{SITE}/a.js?v=1", "text/javascript", Kind.SCRIPT)
    assert [(each.url, each.why) for each in found] == [(f"{SITE}/a.js.map", Why.GUESSED)]
    assert references("a{}", f"{SITE}/a.css", "text/css", Kind.SCRIPT) == []
    header = discovered("a{}", f"{SITE}/a.css", "text/css", Kind.SCRIPT, [("sourcemap", "m/a.map")])
    assert [each.url for each in header] == [f"{SITE}/m/a.map"]


def test_the_header_link() -> None:
    headers = [
        ("link", '</a.js>; rel="preload"; as=script, </b.woff>; rel=preload; as=font, <c.css>; rel=preload; as="style"')
    ]
    found = discovered("", f"{SITE}/x/", "text/html", Kind.PAGE, headers)
    assert [each.url for each in found] == [f"{SITE}/a.js", f"{SITE}/x/c.css"]


@given(st.text(alphabet="<>ascriptlnk=\"'/ .:-!{}[]()js\n?", max_size=300), st.sampled_from(list(Kind)))
def test_no_text_is_an_error(text: str, kind: Kind) -> None:
    for media in ("text/html", "text/javascript", "text/css", "application/json"):
        for each in references(text, f"{SITE}/a/b.js", media, kind):
            assert each.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "piece", ["<a ", "<a '", "<script>", "<!--", "import(", "r.u=e=>", "__vite__mapDeps[", '"a.js",', "{url:"]
)
def test_repeated_beginnings_take_time_in_proportion(piece: str) -> None:
    """A quadratic reader would take hours: the suite's time limit is the guard."""
    text = piece * (1_000_000 // len(piece))
    references(text)
    references(text, f"{SITE}/sw.js", "text/javascript", Kind.LIST)
