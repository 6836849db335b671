#!/usr/bin/env node
// Runs the standalone binary of the package for this platform; without one, the command of uvx or pipx, in that order.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const platform = `@frontleak/${process.platform}-${process.arch}`;
const own = process.argv.slice(2);

function program() {
  try {
    return [require.resolve(`${platform}/program/frontleak${process.platform === "win32" ? ".exe" : ""}`), []];
  } catch {
    for (const [tool, before] of [
      ["uvx", [`frontleak@${version}`]],
      ["pipx", ["run", "--spec", `frontleak==${version}`, "frontleak"]],
    ]) {
      if (spawnSync(tool, ["--version"], { stdio: "ignore" }).status === 0) {
        console.error(`note: ${platform} is not installed; running frontleak ${version} with ${tool}`);
        return [tool, before];
      }
    }
  }
  console.error(`error: ${platform} is not installed, and neither uvx nor pipx is there`);
  console.error("       install the optional packages (npm install --include=optional), or uv: https://docs.astral.sh/uv/");
  process.exit(2);
}

const [command, before] = program();
const done = spawnSync(command, [...before, ...own], { stdio: "inherit" });
if (done.error) {
  console.error(`error: ${command}: ${done.error.message}`);
  process.exit(2);
}
process.exit(done.signal ? 128 + constants.signals[done.signal] : done.status);
