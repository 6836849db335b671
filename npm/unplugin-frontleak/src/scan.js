// The scan of a build: what it looks at, and what its exit code means for the build.
import { existsSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { FrontleakError, run } from "./command.js";
import { printable } from "./printable.js";

const mostCharacters = 20_000; // of names on a command line; Windows allows 32,767 in all
const docs = "https://github.com/frontleak/frontleak/blob/main/docs";

/**
 * Returns what to scan of a build, as absolute paths: its folder, in which there may be more than it wrote; or only the files
 * that it wrote, where that folder has the sources as well.
 */
export function targetsOf(folder, names, root) {
  const absolute = resolve(root, folder);
  if (!isInside(root, absolute)) return [absolute];
  const files = names.map((name) => resolve(absolute, name)).filter((file) => existsSync(file));
  return files.join("").length > mostCharacters ? [absolute] : files;
}

function isInside(path, folder) {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Returns a path as an argument and for people: relative to the root if it is inside, never like an option. */
export function shown(path, root) {
  const way = isInside(path, root) ? relative(root, path) || "." : path;
  return way.startsWith("-") ? `.${sep}${way}` : way;
}

let turn = Promise.resolve(); // reports of builds that end together come one after the other

/**
 * Scans, and prints the report on standard error. Resolves with undefined if the build passes, else with a message and
 * whether it fails the build. Throws a FrontleakError if there is no command.
 */
export function scanBuild(targets, root, options) {
  const result = turn.then(() => scanNow(targets, root, options));
  turn = result.catch(() => {});
  return result;
}

async function scanNow(targets, root, options) {
  const paths = [...new Set([...targets, ...options.include.map((each) => resolve(root, each))])].map((path) => shown(path, root));
  const done = await run(["scan", ...settings(options), ...options.args, "--", ...paths], {
    cwd: root,
    options,
    stdio: ["ignore", 2, 2],
    note: (text) => console.error(text),
  });
  const what = paths.length > 3 ? `${paths.length} files and folders` : paths.map((path) => JSON.stringify(path)).join(", ");
  return judged(done, printable(what), options);
}

/** The options of the plugin that `frontleak scan` has as well. */
export const settings = (options) => (options.failOn ? [`--fail-on=${options.failOn}`] : []);

function judged({ code, signal }, what, options) {
  switch (code) {
    case 0:
      return undefined;
    case 1:
      return { fails: true, text: `frontleak: secrets in ${what}; the report is above. Do not publish this build. To accept a finding: ${docs}/suppressing.md` };
    case 3:
      return { fails: options.incomplete === "error", text: `frontleak: the scan of ${what} is incomplete; the reasons are above. The option \`incomplete: "warn"\` lets such builds pass.` };
    default:
      return { fails: true, text: `frontleak: the scan of ${what} failed (${signal ?? `exit code ${code}`}); its message is above` };
  }
}

/**
 * Scans, and throws a FrontleakError if the build fails; in a watch, which goes on, it only prints. It prints by itself, because
 * Rollup shows no warnings that come so late.
 */
export async function scanOrThrow(targets, root, options, watch) {
  try {
    const problem = await scanBuild(targets, root, options);
    if (problem?.fails) throw new FrontleakError(problem.text);
    if (problem) console.warn(problem.text);
  } catch (error) {
    if (!watch) throw error;
    console.error(error.message);
  }
}
