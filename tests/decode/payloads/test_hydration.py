"""Hydration state: the path of a secret in every framework's format, and names restored for detached values."""

import json
import random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.interface import View
from frontleak.decode.payloads.devalue import FlatGraph
from frontleak.decode.payloads.labels import Labels, label_at
from tests.support.growth import assert_linear
from tests.support.paths import FIXTURES
from tests.support.shipped import full_engine
from tests.support.views import decode

TOKEN: Final = "skFakeFakeFake0123456789FakeFakeFake0123456789"
NUXT: Final = '<script type="application/json" data-nuxt-data="nuxt-app" id="__NUXT_DATA__">{}</script>'
TURBO: Final = '[{"_1":2,"_3":-5},"loaderData",{"_4":5},"errors","routes/a",{"_6":7},"token","HERE"]\n'


def views(text: bytes) -> list[View]:
    offsets = full_engine().scan(text).triggers.get("hydration", ())
    return [found for found in decode("hydration", text, offsets) if isinstance(found, View)]


SILENT = {
    "an empty file": b"",
    "an ordinary bundle": b'(()=>{var a={token:"x"};f("HERE")})();',
    "an argument": b'createClient({projectId:"a",token:"HERE"})',
    "an assignment that is over": b'window.__A__={"a":1};f("HERE")',
    "an object of functions": b'window.App={init:function(){var t="HERE";f(t)}}',
    "a comparison": b'window.a=={"a":"HERE"}',
    "a script of code": b'<script type="module">f({a:"HERE"})</script>',
    "after a script of JSON": b'<script type="application/json">{"a":1}</script><p>HERE</p>',
    "a source map": b'{"version":3,"sourcesContent":["HERE"]}',
    "a text file": b"[note] HERE",
    "prose in braces": b"{hello HERE}",
}
PATHS = {
    "Next.js pages": (
        '<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"token":"HERE"}}}</script>',
        "props.pageProps.token",
    ),
    "any script of JSON": ('<script type="application/ld+json">\n [{"a":"HERE"}]', "[0].a"),
    "Nuxt 2": ('<script>window.__NUXT__={data:[{token:"HERE"}]}', "__NUXT__.data[0].token"),
    "Nuxt 2, a function": (
        '<script>window.__NUXT__=(function(a,b,c){return {data:[{x:a,token:b}]}}("q","HERE",1));',
        "__NUXT__.data[0].token",
    ),
    "Nuxt 2, in the function": (
        '<script>window.__NUXT__=(function(a){return {data:[{token:"HERE"}]}}("q"));',
        "__NUXT__.data[0].token",
    ),
    "Nuxt 3": ("<script>window.__NUXT__={};window.__NUXT__.config={public:{t:'HERE'}}", "__NUXT__.config.public.t"),
    "Nuxt 3, a payload": (NUXT.format('[{"state":1},["Reactive",2],{"$st":3},"HERE"]'), "state.$st"),
    "Nuxt 3, a payload file": ('[["ShallowReactive",1],{"data":2},{"t":3},"HERE"]', "data.t"),
    "Nuxt 3, an older payload file": ('[{"data":1,"at":2},{"t":3},5,"HERE"]', "data.t"),
    "Remix": (
        '<script>window.__remixContext = {"state":{"loaderData":{"root":{"t":"HERE"}}}};',
        "__remixContext.state.loaderData.root.t",
    ),
    "React Router": (
        f"<script>window.__reactRouterContext.streamController.enqueue({json.dumps(TURBO)});</script>",
        'loaderData["routes/a"].token',
    ),
    "React Router, a data file": (TURBO, 'loaderData["routes/a"].token'),
    "a Redux store": ('<script>window.__INITIAL_STATE__ = {"user":{"t":"HERE"}}', "__INITIAL_STATE__.user.t"),
    "an index for a name": ('self["__STATE__"]={a:{b:"HERE"}}', "__STATE__.a.b"),
    "a state that is merged": ("window.__A__=window.__A__||{x:'HERE'}", "__A__.x"),
    "a run-time environment": ("window._env_ = {\n  REACT_APP_TOKEN: 'HERE',\n}", "_env_.REACT_APP_TOKEN"),
    "SvelteKit": (
        'kit.start(app, element, {node_ids:[0],data:[null,{type:"data",data:{t:"HERE"}}]})',
        "data[1].data.t",
    ),
    "SvelteKit, env in the page": (
        '__sveltekit_1abc = {base:"",env:{"PUBLIC_T":"HERE"}}',
        "__sveltekit_1abc.env.PUBLIC_T",
    ),
    "SvelteKit, env.js": ('export const env={PUBLIC_T:"HERE"}', "env.PUBLIC_T"),
    "SvelteKit, __data.json": (
        '{"type":"data","nodes":[null,{"type":"data","data":[{"t":1},"HERE"]}]}',
        "nodes[1].data.t",
    ),
    "SvelteKit, what streams in later": (
        '{"type":"data","nodes":[]}\n{"type":"chunk","id":1,"data":[{"t":1},"HERE"]}',
        "data.t",
    ),
    "SvelteKit, a fetched answer": (
        '<script type="application/json" data-sveltekit-fetched data-url="/x">{"status":200,"body":"HERE"}</script>',
        "body",
    ),
    "Gatsby": ('{"path":"/","result":{"pageContext":{"t":"HERE"}}}', "result.pageContext.t"),
    "a JSON file": ('\ufeff{\n  "a": [ { "b": "HERE" } ]\n}', "a[0].b"),
    "JSON that looks like a graph": ('[{"id":1,"name":"HERE"}]', "[0].name"),
    "JSON in a string": ("""e.exports=JSON.parse('{"a":{"t":"HERE"}}')""", "a.t"),
    "JSON in a string with escapes": ('JSON.parse("{\\"a\\":[\\"HERE\\"]}")', "a[0]"),
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_in_no_structure_has_no_label(text: bytes) -> None:
    assert not label_at(text, max(0, text.find(b"HERE")))


@pytest.mark.parametrize(("text", "path"), PATHS.values(), ids=PATHS)
def test_every_form_of_state_has_paths(text: str, path: str) -> None:
    data = text.encode()
    assert label_at(data, data.index(b"HERE")) == path


def test_a_graph_may_go_on_in_later_chunks() -> None:
    first = '[{"_1":2},"data",["P",2],{"_4":5},"t",-5]\n'
    page = "".join(f"x.streamController.enqueue({json.dumps(part)});\n" for part in (TURBO[:40], TURBO[40:], first))
    page = f"<script>{page}</script>"
    assert label_at(page.encode(), page.index("HERE")) == 'loaderData["routes/a"].token'


BUILT = {
    "next-app/.next/server/pages/editor.html": "props.pageProps.config.token",
    "next-app/.next/server/pages/editor.json": "pageProps.config.token",
    "sveltekit/build/prerendered/server-load.html": "data[1].data.config.token",
    "sveltekit/build/prerendered/server-load/__data.json": "nodes[1].data.config.token",
    "sveltekit-static/build/_app/env.js": "env.PUBLIC_SANITY_TOKEN",
    "nuxt/.output/public/200.html": "__NUXT__.config.public.sanity.token",
    "react-router/build/client/editor/index.html": 'loaderData["routes/editor"].config.token',
    "react-router/build/client/editor.data": '["routes/editor"].data.config.token',
}


@pytest.mark.parametrize("path", BUILT)
def test_what_frameworks_build_is_labelled(path: str) -> None:
    data = (FIXTURES / path).read_bytes()
    (match, *_) = [hit for hit in full_engine().scan(data).matches if hit.rule.id == "sanity-token"]
    assert Labels(data).at(match.start) == BUILT[path]


NAMED = {
    "Nuxt": NUXT.format(f'[{{"data":1}},{{"projectId":2,"token":3}},"abcd1234","{TOKEN}"]'),
    "SvelteKit": f'{{"type":"data","nodes":[{{"type":"data","data":[{{"projectId":1,"token":2}},"abcd1234","{TOKEN}"]}}]}}',
    "React Router": "<script>x.streamController.enqueue({})</script>".format(
        json.dumps(f'[{{"_1":2,"_3":4}},"projectId","abcd1234","token","{TOKEN}"]\n')
    ),
    "a data file": f'[{{"_1":2,"_3":4}},"projectId","abcd1234","token","{TOKEN}"]\n',
}


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
def test_names_are_brought_back_to_their_values(text: str) -> None:
    data = text.encode()
    (view,) = views(data)
    assert b'"projectId":"abcd1234",' in view.text
    assert f'"token":"{TOKEN}",'.encode() in view.text
    start = view.text.index(TOKEN.encode())
    origin_span = view.spans.origin_span(start, start + len(TOKEN))
    assert data[slice(*origin_span)].decode() == TOKEN
    assert view.labels
    assert view.labels(start).endswith("token")


@pytest.mark.parametrize(
    "text",
    [
        b'<script id="__NUXT_DATA__">[{"a":1},"short"]</script>',
        b"a.getElementById('__NUXT_DATA__')",
        b"streamController.enqueue(e)",
        b'x=[{"data":1,"b":"' + TOKEN.encode() + b'"}]',
        b"[]",
    ],
)
def test_what_holds_nothing_long_or_is_no_graph_gets_no_view(text: bytes) -> None:
    assert views(text) == []


def flattened(value: Any) -> list[Any]:
    """Serialize a tree like devalue."""
    out: list[Any] = []

    def add(part: Any) -> int:
        index = len(out)
        out.append(None)
        if isinstance(part, dict):
            out[index] = {key: add(member) for key, member in part.items()}
        elif isinstance(part, list):
            out[index] = [add(member) for member in part]
        else:
            out[index] = part
        return index

    add(value)
    return out


def walked(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from walked(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from walked(member, (*path, index))
    else:
        yield path, value


TREES = st.recursive(
    st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
def test_a_graph_has_the_paths_and_texts_of_the_tree_it_was_made_from(tree: Any) -> None:
    data = json.dumps(flattened(tree)).encode()
    graph = FlatGraph(data, 0, len(data))
    found = {leaf.path: json.loads(b'"' + data[leaf.start : leaf.end] + b'"') for leaf in graph.leaves()}
    assert found == dict(walked(tree))
    for leaf in graph.leaves():
        assert graph.path_of(leaf.start) == leaf.path or leaf.start == leaf.end


@given(TREES)
def test_every_byte_of_a_view_leads_home(tree: Any) -> None:
    data = NUXT.format(json.dumps(flattened([tree, TOKEN]))).encode()
    for view in views(data):
        for offset in range(len(view.text)):
            start, end = view.spans.origin_span(offset, offset + 1)
            assert data[start:end] in {view.text[offset : offset + 1], b'"'}


def test_a_graph_that_goes_round_in_circles_ends() -> None:
    data = NUXT.format(f'[{{"a":1}},{{"b":0,"c":1,"t":2}},"{TOKEN}"]').encode()
    (view,) = views(data)
    assert view.text == f'"t":"{TOKEN}",\n'.encode()


def test_the_order_of_questions_does_not_matter() -> None:
    data = "".join(text for text, _ in PATHS.values() if text.startswith("<script")).encode()
    places = [place for place in range(len(data)) if data.startswith(b"HERE", place)]
    ahead, back = Labels(data), Labels(data)
    assert [ahead.at(place) for place in places] == [back.at(place) for place in reversed(places)][::-1]


def test_nothing_makes_it_fail() -> None:
    rng = random.Random(7)
    valid = [text.encode() for text, _ in PATHS.values()] + [text.encode() for text in NAMED.values()]
    marks = (b"", b"\\", b'"', b"]", b"[", b"{", b"}", b"\xff", b"99", b"-1", b"1e999", b"_1", b"(", b"window.a=")
    for round_ in range(2000):
        data = bytearray(valid[round_ % len(valid)])
        for _ in range(rng.randint(1, 5)):
            place = rng.randrange(len(data) + 1)
            data[place : place + rng.choice((0, 0, 1, 30))] = rng.choice(marks)
        text = bytes(data)
        labels = Labels(text)
        for place in (0, len(text) // 2, max(0, len(text) - 1), max(0, text.find(b"HERE"))):
            assert isinstance(labels.at(place), str)
        for found in decode("hydration", text, range(0, len(text), 3)):
            assert isinstance(found, View | str)


@pytest.mark.parametrize("unit", [b'{"_1":2},', b"[", b'{"', b'"', b'"\\', b'[1],"abcdefghijklmnopqrstuvwxyz",'])
def test_hostile_state_costs_no_more_than_its_length(unit: bytes) -> None:
    def run(size: int) -> None:
        text = NUXT.format("[").encode()[:-9] + unit * (size // len(unit))
        decode("hydration", text, [text.index(b"__NUXT")])

    assert_linear(run, 100_000)


OPENINGS = [
    b'{"a":[',
    b"window.a=[",
    b"<script type=json>[",
    b'<a b="[',
    b"",
    b"window.__N=(function(a){return {x:a}}(",
]


@pytest.mark.parametrize("opening", OPENINGS)
def test_labels_of_many_findings_in_one_line_cost_no_more_than_their_number(opening: bytes) -> None:
    def run(count: int) -> None:
        data = opening + (b'"' + TOKEN.encode() + b'",') * count
        labels = Labels(data)
        for place in range(len(opening) + 1, len(data), len(TOKEN) + 3):
            labels.at(place)

    assert_linear(run, 500)
