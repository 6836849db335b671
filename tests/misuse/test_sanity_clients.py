"""Writes through a Sanity client, and calls with the same names that are not writes."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.core.vocabulary import Severity
from tests.support.code import Texts, misuse, package, places

WRITE: Final = "sanity-write-in-client-code"
TOKEN: Final = "sanity-token-in-client-code"
VITE: Final = {"package.json": package("vite", "@sanity/client"), "index.html": '<script src="/src/main.ts"></script>'}
MADE: Final = "import {createClient} from '@sanity/client'\nconst client = createClient({projectId: 'a'})\n"


def writes(code: str, **files: str) -> list[str]:
    """Return the names of clients that write in client-side code, with one client created in line 2."""
    tree = {**VITE, "src/main.ts": MADE + code, **{f"src/{name}.ts": text for name, text in files.items()}}
    return [",".join(finding.context.get("name", ())) for finding in misuse(tree) if finding.rule_id == WRITE]


NO_WRITE: Final[Mapping[str, str]] = {
    "a query": "client.fetch('*')",
    "a document": "client.getDocument('a')",
    "a subscription": "client.listen('*').subscribe(render)",
    "a method that is not called": "const {create} = client; const f = client.create",
    "delete of a Map": "const seen = new Map(); seen.delete('a')",
    "delete of a Set of a member": "const state = {seen: new Set()}; state.seen.delete('a')",
    "delete of search parameters": "new URLSearchParams(location.search).delete('a')",
    "create of Prisma": "import {PrismaClient} from '@prisma/client'; new PrismaClient().post.create({data: {}})",
    "create of Object": "Object.create(null)",
    "create of a library": "import {create} from 'zustand'; create(() => ({}))",
    "create of an instance of axios": "import axios from 'axios'; axios.create({baseURL: '/'})",
    "patch of axios": "import axios from 'axios'; axios.patch('/a', {})",
    "patch of an instance of axios": "import axios from 'axios'; const client = axios.create({}); client.patch('/a', {})",
    "another client of the same name": "export const f = (client) => client.create({})",
    "another client in a block": "{ const client = new Map(); client.delete('a') }",
    "a mutation of a library": "import {useMutation} from 'react-query'; const {mutate} = useMutation(f); mutate({})",
    "a mutation by a member": "import {useSWRConfig} from 'swr'; useSWRConfig().mutate('a')",
    "a patch that is never committed": "client.patch('a').set({b: 1})",
    "a transaction that is never committed": "client.transaction().create({_type: 'a'})",
    "a patch in a comment": "// client.patch('a').set({b: 1}).commit()",
    "an upload of something else": "import {storage} from 'firebase'; storage.assets.upload('a')",
    "what assets give besides": "client.assets.list()",
    "what datasets give besides": "client.datasets.list()",
    "a release that is read": "client.releases.get({releaseId: 'a'})",
    "the documents of a release": "client.releases.fetchDocuments({releaseId: 'a'})",
    "a query that is observed": "client.observable.fetch('*').subscribe(f)",
    "a query with another configuration that is observed": "client.observable.withConfig({useCdn: true}).fetch('*')",
    "comments that are read": "client.collaboration.comments.fetch('*')",
    "embeddings that are read": "client.datasets.getEmbeddingsSettings('a')",
    "an asset of the media library": "client.mediaLibrary.video.getPlaybackInfo('a')",
    "events": "client.live.events().subscribe(f)",
    "the same method of another member": "client.projects.publish('a')",
    "releases of something else": "const github = {releases: new Map()}; github.releases.delete('a')",
    "a patch of actions by another client": "import {agent} from './agent'; agent.action.patch({})",
    "a request that reads": "client.request({uri: '/data/query/production', method: 'POST'})",
    "a request for a document": "client.request({url: `/data/doc/${id}`})",
    "a request of another client": "import ky from 'ky'; ky.request({url: '/data/mutate/a'})",
    "a query by its endpoint": "client.dataRequest('query', {})",
    "a method that is worked out": "client[method]({})",
    "a server action": "export async function save() { 'use server'; await client.create({_type: 'a'}) }",
}


@pytest.mark.parametrize("code", NO_WRITE.values(), ids=NO_WRITE)
def test_what_is_no_write(code: str) -> None:
    assert writes(code) == []


SESSION: Final[Mapping[str, Texts]] = {
    "a Studio": {
        "sanity.config.ts": "import {action} from './action'\nexport default {action}",
        "action.ts": "import {useClient} from 'sanity'\nexport const action = () => useClient({apiVersion: '1'}).create({_type: 'a'})",
    },
    "a Studio's client with another configuration": {
        "sanity.config.ts": "import {action} from './action'\nexport default {action}",
        "action.ts": "import {useClient} from 'sanity'\n"
        "export const action = () => { const c = useClient({}).withConfig({apiVersion: '1'}); return c.patch('a').set({}).commit() }",
    },
    "an action's context": {
        "sanity.config.ts": "import {action} from './action'\nexport default {action}",
        "action.ts": "/* @sanity/client */ export const action = (props, {getClient}) => getClient({apiVersion: '1'}).create({_type: 'a'})",
    },
    "an app of Sanity": {
        "src/App.tsx": "import {useClient} from '@sanity/sdk-react'\nexport const App = () => useClient({}).delete('a')",
    },
    "a client with the person's cookie": {
        "src/App.tsx": "import {createClient} from '@sanity/client'\n"
        "export const client = createClient({projectId: 'a', withCredentials: true})\nclient.create({_type: 'a'})",
    },
    "a client with a cookie by a later configuration": {
        "src/App.tsx": "import {createClient} from '@sanity/client'\n"
        "const client = createClient({projectId: 'a'}).withConfig({withCredentials: true})\nclient.create({_type: 'a'})",
    },
}


@pytest.mark.parametrize("files", SESSION.values(), ids=SESSION)
def test_who_is_logged_in_writes_without_a_token(files: Texts) -> None:
    assert places({"package.json": package("sanity", "@sanity/client"), **files}) == []


@pytest.mark.parametrize(
    "path", ["app/api/route.ts", "app/page.tsx", "pages/api/a.ts", "middleware.ts", "scripts/a.ts"]
)
def test_the_server_may_write(path: str) -> None:
    code = MADE + "client.create({_type: 'a'})\nclient.patch('a').set({}).commit()"
    assert places({"package.json": package("next", "@sanity/client"), path: code}) == []


WRITES: Final[Mapping[str, str]] = {
    "create": "client.create({_type: 'a'})",
    "create or replace": "client.createOrReplace({_id: 'a', _type: 'a'})",
    "create if there is none": "client.createIfNotExists({_id: 'a', _type: 'a'})",
    "delete": "client.delete('a')",
    "mutate": "client.mutate([{delete: {id: 'a'}}])",
    "action": "client.action({actionType: 'sanity.action.document.publish'})",
    "a patch": "client.patch('a').set({b: 1}).commit()",
    "a patch that waits": "export const f = async () => { await client.patch('a').set({b: 1}).commit() }",
    "a long patch": "client.patch('a')" + ".set({b: 1})" * 30 + ".commit()",
    "a patch on several lines": "client\n  .patch('a')\n  .setIfMissing({likes: 0})\n  .inc({likes: 1})\n  .commit()",
    "a patch that is committed later": "const patch = client.patch('a').set({b: 1}); patch.commit()",
    "a patch that is handed on": "commit(client.patch('a').set({b: 1}))",
    "a patch with a promise": "client.patch('a').set({}).commit().then(done).catch(fail)",
    "a transaction": "client.transaction().create({_type: 'a'}).commit()",
    "a transaction that is committed later": "const tx = client.transaction(); tx.create({}); tx.commit()",
    "an upload": "client.assets.upload('image', file)",
    "an asset that is deleted": "client.assets.delete('a')",
    "a dataset": "client.datasets.create('a')",
    "an embedding": "client.datasets.editEmbeddingsSettings('a', {enabled: true})",
    **{
        f"{method} of a release": f"client.releases.{method}({{releaseId: 'a'}})"
        for method in ("create", "edit", "publish", "archive", "unarchive", "schedule", "unschedule", "delete")
    },
    **{f"{method}": f"client.{method}({{}})" for method in ("createVersion", "replaceVersion", "discardVersion")},
    "unpublishVersion": "client.unpublishVersion({releaseId: 'a', publishedId: 'b'})",
    **{
        f"an agent's {method}": f"client.agent.action.{method}({{schemaId: 'a'}})"
        for method in ("generate", "transform", "translate", "prompt", "patch")
    },
    "actions of an agent in a constant": "const {action} = client.agent; action.generate({})",
    "releases in a constant": "const {releases} = client; releases.publish({releaseId: 'a'})",
    "releases of a client with another configuration": "client.withConfig({useCdn: false}).releases.publish({})",
    "an observable": "client.observable.create({_type: 'a'}).subscribe()",
    "an observable in a constant": "const {observable} = client; observable.delete('a').subscribe()",
    "a patch that is observed": "client.observable.patch('a').set({}).commit().subscribe()",
    "an upload that is observed": "client.observable.assets.upload('image', file).subscribe(f)",
    "a release that is observed": "client.observable.releases.publish({releaseId: 'a'}).subscribe()",
    "an action of an agent that is observed": "client.observable.agent.action.generate({}).subscribe()",
    "a comment": "client.collaboration.comments.create({})",
    "a function": "client.functions.invoke('a', {})",
    "a file of the context": "client.context.uploadFile({})",
    "a request that mutates": "client.request({uri: '/data/mutate/production', method: 'POST', body})",
    "a request that mutates a dataset": "client.request({url: `/data/mutate/${dataset}`, method: 'POST', body})",
    "a request for an action": "client.request({url: '/data/actions/production', method: 'POST', body})",
    "a request that uploads": "client.request({uri: '/assets/images/production', method: 'POST', body})",
    "a request that deletes": "client.request({uri: '/hooks/a', method: 'DELETE'})",
    "a request that is observed": "client.observable.request({uri: '/data/mutate/production', method: 'POST'}).subscribe()",
    "a mutation by its endpoint": "client.dataRequest('mutate', {mutations: []})",
    "a method, asked for carefully": "client?.create({_type: 'a'})",
    "an assertion": "client!.create({_type: 'a'})",
    "in a function": "export function f() { return () => client.create({_type: 'a'}) }",
    "in an element": "export const A = () => <b onClick={() => client.create({_type: 'a'})}/>",
    "a client under another name": "const client2 = client; client2.create({_type: 'a'})",
}


@pytest.mark.parametrize("code", WRITES.values(), ids=WRITES)
def test_a_write(code: str) -> None:
    assert len(writes(code)) == 1


BINDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "the client": ("client.create({})", "client"),
    "the client of a function": ("const get = () => client; get().create({})", ""),
    "a client that is made when it is needed": (
        "let kept; const get = () => { if (!kept) kept = createClient({projectId: 'a'}); return kept }; get().create({})",
        "",
    ),
    "a member": ("const all = {sanity: client}; all.sanity.create({})", ""),
    "a client with another configuration": (
        "const fresh = client.withConfig({useCdn: false}); fresh.create({})",
        "fresh",
    ),
    "a client in its place": ("createClient({projectId: 'a'}).create({})", ""),
    "a client with another configuration in its place": ("client.withConfig({useCdn: false}).create({})", ""),
    "a field of a class": ("class A { sanity = client; save() { this.sanity.create({}) } }", ""),
    "a field of a class that is set": (
        "class A { constructor() { this.sanity = client } save() { this.sanity.create({}) } }",
        "",
    ),
    "one of two": ("const c = preview ? client : createClient({}); c.create({})", "c"),
    "a client that is waited for": ("export const f = async () => (await Promise.resolve(), client).create({})", ""),
}


@pytest.mark.parametrize(("code", "name"), BINDINGS.values(), ids=BINDINGS)
def test_the_client_of_a_write(code: str, name: str) -> None:
    assert writes(code) == [name]


def test_the_same_field_of_another_class_is_not_the_client() -> None:
    assert writes("class A { sanity = client }\nclass B { sanity = new Map(); f() { this.sanity.delete('a') } }") == []


@pytest.mark.parametrize(
    "export",
    [
        "export const client = createClient({})",
        "const client = createClient({})\nexport {client}",
        "export * from './own'",
    ],
)
def test_a_client_of_another_module(export: str) -> None:
    tree = {
        **VITE,
        "src/main.ts": "import {client} from './sanity'\nclient.create({_type: 'a'})",
        "src/sanity.ts": f"import {{createClient}} from '@sanity/client'\n{export}",
        "src/own.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({})",
    }
    assert places(tree, WRITE) == ["src/main.ts:2"]


def test_ready_made_clients_of_astro_and_nuxt() -> None:
    astro = {
        "package.json": package("astro", "@sanity/astro"),
        "src/pages/index.astro": "<b/>\n<script>\nimport {sanityClient} from 'sanity:client'\nsanityClient.create({_type: 'a'})\n</script>",
    }
    nuxt = {
        "package.json": package("nuxt", "@nuxtjs/sanity"),
        "pages/index.vue": "<script setup>\nconst {client} = useSanity()\nconst sanity = useSanity()\n"
        "client.create({_type: 'a'})\nsanity.client.delete('a')\nsanity.fetch('*')\n</script>",
    }
    assert places(astro, WRITE) == ["src/pages/index.astro:4"]
    assert places(nuxt, WRITE) == ["pages/index.vue:4", "pages/index.vue:5"]


def test_several_writes_through_a_client_are_one_finding_with_all_their_places() -> None:
    (finding,) = misuse({**VITE, "src/main.ts": MADE + "client.create({})\nclient.delete('a')\n"})
    assert (finding.place.line, [place.line for place in finding.also_at]) == (3, [4])
    assert finding.shipped == "the browser calls create, which needs a write token"


def test_a_client_with_a_token_is_one_finding_which_weighs_what_it_writes() -> None:
    """The call is not a separate finding: removing the token fixes it."""
    tree = {
        **VITE,
        "src/main.ts": "import {client} from './sanity'\nclient.create({_type: 'a'})",
        "src/sanity.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({token: process.env.A_TOKEN})",
    }
    (finding,) = misuse(tree)
    assert (finding.rule_id, finding.severity) == (TOKEN, Severity.CRITICAL)
    (reads,) = misuse({**tree, "src/main.ts": "import {client} from './sanity'\nclient.fetch('*')"})
    assert (reads.rule_id, reads.severity) == (TOKEN, Severity.HIGH)


def test_a_write_through_a_client_that_was_derived_counts_for_the_one_that_has_the_token() -> None:
    code = (
        "import {createClient} from '@sanity/client'\n"
        "const base = createClient({projectId: 'a'})\n"
        "const writer = base.withConfig({token: process.env.A_TOKEN})\n"
        "export const save = () => writer.create({_type: 'a'})"
    )
    (finding,) = misuse({**VITE, "src/main.ts": code})
    assert (finding.place.line, finding.severity) == (3, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("request_", "severity"),
    [
        ("fetch('https://a.api.sanity.io/v1/data/query/b', {0})", Severity.HIGH),
        ("fetch('https://a.api.sanity.io/v1/data/mutate/b', {0})", Severity.CRITICAL),
        ("fetch('https://a.api.sanity.io/v1/data/actions/b', {0})", Severity.CRITICAL),
        ("fetch('https://a.api.sanity.io/v1/assets/images/b', {0})", Severity.CRITICAL),
    ],
    ids=["a query", "a mutation", "an action", "an upload"],
)
def test_a_request_weighs_what_it_does(request_: str, severity: Severity) -> None:
    headers = "{headers: {Authorization: `Bearer ${process.env.A_TOKEN}`}}"
    (finding,) = misuse({**VITE, "src/main.ts": request_.replace("{0}", headers)})
    assert (finding.rule_id, finding.severity) == (TOKEN, severity)


@pytest.mark.parametrize(
    "code",
    [
        "client.create<Post>({_type: 'a'})",
        "const f = async () => { const {_id} = await client.create<Post>({_type: 'a'}) }",
        "const f = async () => (await client.patch('a').inc({n: 1}).commit<Post>())._rev",
    ],
)
def test_a_write_with_type_arguments_is_one(code: str) -> None:
    assert writes(code) == ["client"]
