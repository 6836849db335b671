"""Environment modules and runtime settings of frameworks, client-side and server-side."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.core.vocabulary import Severity
from tests.support.code import Texts, misuse, package

TOKEN: Final = "sanity-token-in-client-code"
PUBLIC: Final = "public-env-secret"
HANDED: Final = "sanity-token-to-browser"
CLIENT: Final = "import {createClient} from '@sanity/client'\n"


def found(files: Texts) -> list[tuple[str, str, str, str]]:
    """Return (rule, place, names, severity) of all findings."""
    return [
        (
            finding.rule_id,
            f"{finding.place.origin.path}:{finding.place.line}",
            ",".join(finding.context.get("name", ())),
            finding.severity.value,
        )
        for finding in misuse(files)
    ]


SVELTE: Final = {"package.json": package("@sveltejs/kit", "vite", "@sanity/client")}
ASTRO: Final = {"package.json": package("astro", "@sanity/client")}
NUXT: Final = {"package.json": package("nuxt", "@sanity/client")}
SILENT: Final[Mapping[str, Texts]] = {
    "$env/static/private on the server": {
        **SVELTE,
        "src/routes/+page.server.ts": f"import {{A_TOKEN}} from '$env/static/private'\n{CLIENT}"
        "const client = createClient({token: A_TOKEN})\nexport const load = async () => ({a: await client.fetch('*')})",
    },
    "$env/dynamic/private on the server": {
        **SVELTE,
        "src/lib/server/a.ts": f"import {{env}} from '$env/dynamic/private'\n{CLIENT}"
        "export const client = createClient({token: env.A_TOKEN})",
    },
    "$env/static/public that is no secret": {
        **SVELTE,
        "src/routes/+page.svelte": f"<script>\nimport {{PUBLIC_SANITY_PROJECT_ID}} from '$env/static/public'\n{CLIENT}"
        "createClient({projectId: PUBLIC_SANITY_PROJECT_ID})\n</script>",
    },
    "astro:env/server in frontmatter": {
        **ASTRO,
        "src/pages/index.astro": f"---\nimport {{SANITY_TOKEN}} from 'astro:env/server'\n{CLIENT}"
        "const a = await createClient({token: SANITY_TOKEN}).fetch('*')\n---\n<b>{a.title}</b>",
    },
    "runtime settings on the server": {
        **NUXT,
        "server/api/a.ts": f"{CLIENT}export default defineEventHandler(() => createClient({{token: useRuntimeConfig().sanityToken}}).fetch('*'))",
    },
    "runtime settings of the browser that are no secret": {
        **NUXT,
        "pages/index.vue": f"<script setup>\n{CLIENT}createClient({{projectId: useRuntimeConfig().public.projectId}})\n</script>",
    },
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_is_right(files: Texts) -> None:
    assert found(files) == []


LOUD: Final[Mapping[str, tuple[Texts, list[tuple[str, str, str, str]]]]] = {
    "$env/static/private in a page": (
        {
            **SVELTE,
            "src/routes/+page.svelte": f"<script>\nimport {{A_TOKEN}} from '$env/static/private'\n{CLIENT}"
            "createClient({token: A_TOKEN})\n</script>",
        },
        [(TOKEN, "src/routes/+page.svelte:4", "A_TOKEN", "high")],
    ),
    "$env/dynamic/private in a page": (
        {
            **SVELTE,
            "src/routes/+page.svelte": f"<script>\nimport {{env}} from '$env/dynamic/private'\n{CLIENT}"
            "createClient({token: env.A_WRITE_TOKEN})\n</script>",
        },
        [(TOKEN, "src/routes/+page.svelte:4", "A_WRITE_TOKEN", "critical")],
    ),
    "$env/static/public": (
        {
            **SVELTE,
            "src/lib/a.ts": "export {PUBLIC_SANITY_TOKEN as token} from '$env/static/public'",
            "src/routes/+page.svelte": f"<script>\nimport {{token}} from '$lib/a'\n{CLIENT}createClient({{token}})\n</script>",
        },
        [(TOKEN, "src/routes/+page.svelte:4", "PUBLIC_SANITY_TOKEN", "high")],
    ),
    "$env/static/public, imported": (
        {
            **SVELTE,
            "src/routes/+page.svelte": f"<script>\nimport {{PUBLIC_SANITY_READ_TOKEN}} from '$env/static/public'\n{CLIENT}"
            "createClient({token: PUBLIC_SANITY_READ_TOKEN})\n</script>",
        },
        [(TOKEN, "src/routes/+page.svelte:4", "PUBLIC_SANITY_READ_TOKEN", "medium")],
    ),
    "$env/dynamic/public": (
        {
            **SVELTE,
            "src/routes/+page.svelte": f"<script>\nimport {{env}} from '$env/dynamic/public'\n{CLIENT}"
            "createClient({token: env.PUBLIC_SANITY_TOKEN})\n</script>",
        },
        [(TOKEN, "src/routes/+page.svelte:4", "PUBLIC_SANITY_TOKEN", "high")],
    ),
    "what load of the server returns": (
        {
            **SVELTE,
            "src/routes/+page.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\n"
            "export const load = () => ({sanity: {token: SANITY_TOKEN}})",
        },
        [(HANDED, "src/routes/+page.server.ts:2", "SANITY_TOKEN", "high")],
    ),
    "astro:env/client": (
        {
            **ASTRO,
            "src/pages/index.astro": f"---\n---\n<script>\nimport {{SANITY_TOKEN}} from 'astro:env/client'\n{CLIENT}"
            "createClient({token: SANITY_TOKEN})\n</script>",
        },
        [
            (TOKEN, "src/pages/index.astro:6", "SANITY_TOKEN", "high"),
        ],
    ),
    "a public field of Astro's configuration": (
        {
            **ASTRO,
            "astro.config.mjs": "import {defineConfig, envField} from 'astro/config'\n"
            "export default defineConfig({env: {schema: {\n"
            "  SANITY_WRITE_TOKEN: envField.string({context: 'client', access: 'public'}),\n"
            "  SANITY_PROJECT_ID: envField.string({context: 'client', access: 'public'}),\n"
            "  SANITY_READ_TOKEN: envField.string({context: 'server', access: 'secret'}),\n"
            "}}})",
        },
        [(PUBLIC, "astro.config.mjs:3", "SANITY_WRITE_TOKEN", "critical")],
    ),
    "a setting of the browser": (
        {
            **NUXT,
            "composables/a.ts": f"{CLIENT}export const useA = () => {{\n  const config = useRuntimeConfig()\n"
            "  return createClient({token: config.public.sanityToken})\n}",
        },
        [(TOKEN, "composables/a.ts:4", "sanityToken", "high")],
    ),
    "a setting of the server, in a page": (
        {
            **NUXT,
            "pages/index.vue": f"<script setup>\n{CLIENT}const {{sanityWriteToken}} = useRuntimeConfig()\n"
            "createClient({token: sanityWriteToken})\n</script>",
        },
        [(TOKEN, "pages/index.vue:4", "sanityWriteToken", "critical")],
    ),
    "a setting of the server that is kept in the page's state": (
        {
            **NUXT,
            "composables/a.ts": "export const useA = () => useState('a', () => useRuntimeConfig().sanityToken)",
        },
        [(HANDED, "composables/a.ts:1", "sanityToken", "high")],
    ),
    "a variable of Expo": (
        {
            "package.json": package("expo", "@sanity/client"),
            "app/index.tsx": f"{CLIENT}createClient({{token: process.env.EXPO_PUBLIC_SANITY_TOKEN}})",
        },
        [(TOKEN, "app/index.tsx:2", "EXPO_PUBLIC_SANITY_TOKEN", "high")],
    ),
    "a setting of Expo": (
        {
            "package.json": package("expo", "@sanity/client"),
            "app/index.tsx": f"import Constants from 'expo-constants'\n{CLIENT}"
            "createClient({token: Constants.expoConfig.extra.sanityToken})",
        },
        [(TOKEN, "app/index.tsx:3", "sanityToken", "high")],
    ),
}


@pytest.mark.parametrize(("files", "expected"), LOUD.values(), ids=LOUD)
def test_what_is_wrong(files: Texts, expected: list[tuple[str, str, str, str]]) -> None:
    assert found(files) == expected


LIVE: Final = "import {defineLive} from 'next-sanity'\nexport const {sanityFetch} = defineLive({client, serverToken: process.env.SANITY_API_WRITE_TOKEN, browserToken: process.env.%s})"


@pytest.mark.parametrize(
    ("name", "severities"),
    [
        ("SANITY_VIEWER_TOKEN", []),
        ("SANITY_API_READ_TOKEN", []),
        ("SANITY_API_TOKEN", []),
        ("SANITY_API_WRITE_TOKEN", [Severity.CRITICAL]),
        ("SANITY_EDITOR_TOKEN", [Severity.CRITICAL]),
    ],
)
def test_the_browsers_token_of_live_previews_is_meant_to_be_a_viewers(name: str, severities: list[Severity]) -> None:
    files = {"package.json": package("next", "next-sanity"), "lib/live.ts": LIVE % name}
    assert [(finding.rule_id, finding.severity) for finding in misuse(files)] == [
        (HANDED, severity) for severity in severities
    ]


def test_another_function_of_that_name_has_other_settings() -> None:
    live = (LIVE % "SANITY_API_WRITE_TOKEN").replace("'next-sanity'", "'./own'")
    assert misuse({"package.json": package("next", "next-sanity"), "lib/live.ts": live}) == []
