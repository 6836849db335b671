// Finds what runs frontleak on this machine; for the command of this package, and for unplugin-frontleak.
import { spawn } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, isAbsolute, join } from "node:path";

const require = createRequire(import.meta.url);
const ending = process.platform === "win32" ? ".exe" : ""; // a .cmd file would need a shell, which reads names as code
const patience = 60_000; // milliseconds for a tool to tell its version

export const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
export const platform = `@frontleak/${process.platform}-${process.arch}`;
export const advice =
  "install the optional packages (npm install --include=optional), or uv: https://docs.astral.sh/uv/";

/**
 * Looks for the standalone binary of this platform, then for uvx and pipx, which run the same version. With `onPath`,
 * a `frontleak` on PATH comes before those two, whatever its version is.
 */
export async function findCommand({ onPath = false } = {}) {
  try {
    return { file: require.resolve(`${platform}/program/frontleak${ending}`), before: [], note: "" };
  } catch {
    const tools = [
      ["frontleak", []],
      ["uvx", [`frontleak@${version}`]],
      ["pipx", ["run", "--spec", `frontleak==${version}`, "frontleak"]],
    ];
    for (const [tool, before] of onPath ? tools : tools.slice(1)) {
      const file = programOnPath(tool);
      if (file && (await answers(file))) {
        const what = before.length ? `frontleak ${version} with ${tool}` : file;
        return { file, before, note: `${platform} is not installed; running ${what}` };
      }
    }
    return undefined;
  }
}

/** Looks in the absolute folders of PATH, never in the working directory, nor where npm puts the commands of packages. */
function programOnPath(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, `${name}${ending}`);
    if (isAbsolute(folder) && !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder) && isProgram(file)) return file;
  }
  return undefined;
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function answers(file) {
  return new Promise((resolve) => {
    const child = spawn(file, ["--version"], { stdio: "ignore", timeout: patience, windowsHide: true });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
