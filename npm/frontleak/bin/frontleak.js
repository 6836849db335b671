#!/usr/bin/env node
// Runs the standalone binary of the package for this platform; without one, the command of uvx or pipx, in that order.
import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { advice, findCommand, platform } from "../lib/command.js";

const found = await findCommand();
if (!found) {
  console.error(`error: ${platform} is not installed, and neither uvx nor pipx is there`);
  console.error(`       ${advice}`);
  process.exit(2);
}
if (found.note) {
  console.error(`note: ${found.note}`);
}
const done = spawnSync(found.file, [...found.before, ...process.argv.slice(2)], { stdio: "inherit" });
if (done.error) {
  console.error(`error: ${found.file}: ${done.error.message}`);
  process.exit(2);
}
process.exit(done.signal ? 128 + constants.signals[done.signal] : done.status);
