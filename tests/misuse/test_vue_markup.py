"""What the template of a Vue file writes into a page that a server renders."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import Texts, package, places

SCRIPT: Final = """\
<script setup lang="ts">
const token = process.env.SANITY_TOKEN
const cms = {token, title: 'a'}
</script>
"""


def page(template: str, path: str = "pages/index.vue", *dependencies: str) -> Texts:
    """Return a project of Nuxt, or with other dependencies, whose page has a template."""
    return {"package.json": package(*(dependencies or ("nuxt",))), path: f"{SCRIPT}{template}"}


SILENT: Final[Mapping[str, Texts]] = {
    "another value": page("<template><p>{{ cms.title }}</p></template>"),
    "a condition": page('<template><p v-if="token">on</p></template>'),
    "a choice": page("<template><p>{{ token ? 'on' : 'off' }}</p></template>"),
    "a switch": page('<template><Editor :enabled="!!token"/></template>'),
    "a handler": page('<template><button @click="save(token)">Save</button></template>'),
    "a key": page('<template><Editor :key="token"/></template>'),
    "a name in a text": page("<template><p>token {{ 'token' }}</p></template>"),
    "a text outside the template": page("<!-- {{ token }} --><template><p/></template>"),
    "a style": page("<template><p/></template><style>p { color: v-bind('token') }</style>"),
    "a name of a loop": page('<template><p v-for="token in cms">{{ token }}</p></template>'),
    "a name of a loop with a number": page(
        '<template><p v-for="(token, i) of cms" :key="i">{{ token }}</p></template>'
    ),
    "a name of a slot": page('<template><Shell #default="{ token }"><p>{{ token }}</p></Shell></template>'),
    "a name of a slot in words": page('<template><Shell v-slot:item="{token}"><p :a="token"/></Shell></template>'),
    "a template that does not end": page("<template><p>{{ token }}</p>"),
    "a file without scripts": {
        "package.json": package("nuxt"),
        "pages/a.vue": "<template>{{ SANITY_TOKEN }}</template>",
    },
    "a page of the browser alone": page("<template><p>{{ token }}</p></template>", "components/a.client.vue"),
    "an app without a server": page("<template><p>{{ token }}</p></template>", "src/App.vue", "vue", "vite"),
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_is_not_written_into_a_page(files: Texts) -> None:
    assert places(files, "sanity-token-to-browser") == []


FOUND: Final[Mapping[str, tuple[str, int]]] = {
    "a text": ("<template>\n<p>{{ token }}</p>\n</template>", 6),
    "a prop": ('<template><Editor :token="token"/></template>', 5),
    "a prop in other quotes": ("<template><Editor :token='cms.token'/></template>", 5),
    "a bound attribute": ('<template><p v-bind:data-a="token ?? null">R & D</p></template>', 5),
    "HTML": ('<template>\n<p\nv-html="`<b>${token}</b>`"/></template>', 7),
    "an object": ('<template><Editor :config="cms"/></template>', 3),
}


@pytest.mark.parametrize(("template", "line"), FOUND.values(), ids=FOUND)
def test_what_is_written_into_a_page(template: str, line: int) -> None:
    assert places(page(template), "sanity-token-to-browser") == [f"pages/index.vue:{line}"]
