"""Projects that are built by real bundlers, with our plugin from its packages."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.acceptance.support import token, write
from tests.journeys.ci.npm_packages import NPM, Tools, downloaded, packed
from tests.support.paths import ROOT
from tests.support.programs import Done

_DOWNLOADED: Final = (
    *(
        "vite@8",
        "rollup@4",
        "webpack@5",
        "webpack-cli@7",
        "@rspack/core@2",
        "@rspack/cli@2",
        "@rspack/dev-server@2",
        "esbuild@0.28",
    ),
    *("unplugin@3", "typescript@5", "@types/node@24", "node@24"),
)
_PAGE: Final = (ROOT / "docs/integrations.md").read_text("utf-8")
BLOCKS: Final = dict(re.findall(r'^```\w+ title="(\S+)"\n(.*?)^```$', _PAGE, re.DOTALL | re.MULTILINE))
"""File -> its lines in docs/integrations.md."""
CONFIGS: Final = {
    "vite": ("vite.config.js", BLOCKS["vite.config.js"]),
    "rollup": ("rollup.config.js", BLOCKS["rollup.config.js"]),
    "webpack": ("webpack.config.js", BLOCKS["webpack.config.js"]),
    "rspack": ("rspack.config.js", BLOCKS["webpack.config.js"].replace("frontleak/webpack", "frontleak/rspack")),
    "esbuild": ("build.mjs", BLOCKS["build.mjs"]),
}
"""Bundler -> its configuration, as the page has it."""
BUILDS: Final = {
    "vite": ("node_modules/vite/bin/vite.js", "build"),
    "rollup": ("node_modules/rollup/dist/bin/rollup", "-c"),
    "webpack": ("node_modules/webpack-cli/bin/cli.js",),
    "rspack": ("node_modules/@rspack/cli/bin/rspack.js", "build"),
    "esbuild": ("build.mjs",),
}
"""Bundler -> the script that builds, and its arguments."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """An empty project into which the bundlers and our packages were installed; projects are folders in it."""

    folder: Path

    @classmethod
    def create(cls, folder: Path) -> "Workshop":
        write(folder, {"package.json": "{}"})
        downloaded(folder, *_DOWNLOADED)
        names = ("frontleak", "unplugin-frontleak", "vite-plugin-frontleak")
        downloaded(folder, *(str(packed(NPM / name, folder)) for name in names))
        return cls(folder)

    @property
    def node24(self) -> Path:
        return self.folder / "node_modules/node/bin/node"

    def project(self, name: str, bundler: str, *, leaks: bool, config: str = "") -> Path:
        """Create a project with the configuration of the page, or another one."""
        file, text = CONFIGS[bundler]
        secret = f'export const token = "{token()}";\nconsole.log(token);\n' if leaks else "console.log(1);\n"
        return write(
            self.folder / "projects" / name,
            {
                "package.json": '{"type": "module"}',
                "index.html": '<script type="module" src="/src/index.js"></script>\n',
                "src/index.js": secret,
                file: config or text,
            },
        )

    def script(self, bundler: str) -> list[str]:
        """Return the arguments of node that build a project."""
        path, *arguments = BUILDS[bundler]
        return [str(self.folder / path) if path.startswith("node_modules") else path, *arguments]

    def build(self, project: Path, bundler: str, tools: Tools, variables: Mapping[str, str] | None = None) -> Done:
        return tools.run(*self.script(bundler), cwd=project, variables=variables)


def with_options(bundler: str, **options: object) -> str:
    """Return the configuration of the page, with options of the plugin."""
    text: str = CONFIGS[bundler][1]
    assert "frontleak()" in text
    return text.replace("frontleak()", f"frontleak({json.dumps(options)})")
