// Runs frontleak without a shell, so that no name is ever read as code.
import { spawn } from "node:child_process";
import { advice, findCommand, platform } from "frontleak/command";

const mostBytes = 32 * 1024 * 1024; // of a report that is read

/** An error of which people see the message, without a stack. */
export class FrontleakError extends Error {
  constructor(message) {
    super(message);
    this.stack = message;
  }
}
Object.defineProperty(FrontleakError.prototype, "name", { value: "FrontleakError" }); // printed by none of the bundlers

/** Runs the command in a folder; resolves with its exit code and outputs. Throws a FrontleakError if it cannot run. */
export async function run(own, { cwd, options, stdio, note }) {
  const { file, before } = await commandOf(options, note);
  return new Promise((resolve, reject) => {
    const fail = (error) => reject(new FrontleakError(`frontleak: ${file} cannot be run: ${error.message}${hint(error)}`));
    let child;
    try {
      child = spawn(file, [...before, ...own], { cwd, stdio, windowsHide: true });
    } catch (error) {
      fail(error);
      return;
    }
    const texts = { stdout: [], stderr: [] };
    for (const name of ["stdout", "stderr"]) {
      let size = 0;
      child[name]?.on("data", (piece) => {
        size += piece.length;
        if (size > mostBytes) child.kill();
        else texts[name].push(piece);
      });
    }
    child.on("error", fail);
    child.on("close", (code, signal) => {
      const [stdout, stderr] = [texts.stdout, texts.stderr].map((pieces) => Buffer.concat(pieces).toString("utf8"));
      resolve({ code, signal, stdout, stderr });
    });
  });
}

let found; // is looked for once: a machine has it or not

async function commandOf(options, note) {
  if (options.command !== undefined) {
    const [file, ...before] = [options.command].flat();
    return { file, before };
  }
  if (!found) {
    found = await findCommand({ onPath: true });
    if (found?.note) note(`frontleak: ${found.note}`);
  }
  if (!found) {
    throw new FrontleakError(
      `frontleak: nothing was scanned, because the command is missing: ${platform} is not installed, and frontleak, uvx and pipx ` +
        `are not on PATH\n${advice}\nor name the program with the option \`command\` of the plugin`,
    );
  }
  return found;
}

function hint(error) {
  if (error.code === "ENOENT") return "\nthe option `command` names a program that is not there, or the folder of the build is gone";
  if (error.code === "EACCES") return "\nthe option `command` names something that is not a program, or that you may not run";
  if (error.code === "EINVAL") return "\nthe option `command` names a script that needs a shell; name a program, or a list such as [\"node\", \"script.js\"]";
  return "";
}
