"""The whole environment, dumped in client-side code."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import Texts, misuse, package, places

RULE: Final = "client-dumps-environment"
VITE: Final[Texts] = {
    "package.json": package("vite"),
    "index.html": '<script type="module" src="/src/main.tsx"></script>',
}

SILENT: Final[Mapping[str, str]] = {
    "one variable": "console.log(import.meta.env.VITE_SITE)",
    "one variable of another name": "const {env} = import.meta; console.log(env.MODE)",
    "chosen variables": "const {VITE_A, MODE} = import.meta.env; console.log({VITE_A, MODE})",
    "in development": "if (import.meta.env.DEV) { console.log(import.meta.env) }",
    "in development, by an and": "import.meta.env.DEV && console.log(import.meta.env)",
    "not in production": "if (import.meta.env.MODE !== 'production') console.log(import.meta.env)",
    "something else": "console.log(import.meta.url, import.meta.hot)",
    "an environment of its own": "const env = {a: 1}; console.log(env) // import.meta.env)",
    "the environment of Node, which is empty there": "console.log(process.env)",
    "a schema": "export const env = schema.parse(import.meta.env)",
    "a function of its own": "const log = {env: import.meta.env}; print(log)",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_what_is_no_dump(code: str) -> None:
    assert places({**VITE, "src/main.tsx": f"// import.meta.env;\n{code}"}) == []


@pytest.mark.parametrize(
    "path", ["vite.config.ts", "scripts/print.ts", "src/unused.ts", "server/main.ts"], ids=lambda path: path
)
def test_code_that_no_bundle_has(path: str) -> None:
    assert places({**VITE, "src/main.tsx": "export {}", path: "console.log(import.meta.env)"}) == []


LOUD: Final[Mapping[str, str]] = {
    "printed": "console.log(import.meta.env)",
    "printed beside others": "console.info('env', 1, import.meta.env);",
    "printed in an object": "console.debug({env: import.meta.env})",
    "printed as a text": "console.log(JSON.stringify(import.meta.env, null, 2))",
    "a cast": "console.log((import.meta as any).env)",
    "another name": "const {env} = import.meta; console.table(env) // import.meta.env)",
    "a constant": "const env = import.meta.env; function show() { console.log(env) }; show()",
    "spread": "console.log({...import.meta.env})",
    "as a text of an element": "export const A = () => <pre>{JSON.stringify(import.meta.env)}</pre>",
    "an attribute": "export const A = () => <Debug env={import.meta.env}/>",
    "put on the window": "window.env = import.meta.env",
    "put on the window, cast": "(window as any).__ENV__ = {...import.meta.env}",
    "put into the page": "document.body.innerText = JSON.stringify(import.meta.env)",
    "sent": "navigator.sendBeacon('/log', JSON.stringify({env: import.meta.env}))",
    "sent to a service": "Sentry.setContext('env', import.meta.env)",
}


@pytest.mark.parametrize("code", LOUD.values(), ids=LOUD)
def test_a_dump(code: str) -> None:
    found = misuse({**VITE, "src/main.tsx": f"{code}\n"})
    assert {(finding.rule_id, finding.place.line) for finding in found} == {(RULE, 1)}
    assert all(finding.import_path for finding in found)


def test_a_module_that_the_page_imports() -> None:
    tree = {**VITE, "src/main.tsx": "import './log'", "src/log.ts": "console.log(import.meta.env)"}
    assert places(tree) == ["src/log.ts:1"]


@pytest.mark.parametrize(
    ("dependency", "path"), [("react-scripts", "src/index.tsx"), ("@vue/cli-service", "src/main.ts")]
)
def test_builds_that_put_process_env_in(dependency: str, path: str) -> None:
    assert places({"package.json": package(dependency), path: "console.log('a', process.env)"}) == [f"{path}:1"]
