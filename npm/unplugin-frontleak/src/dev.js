// While `vite dev` runs: scans source files that change, and shows what it finds in the overlay of the page.
import { existsSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { FrontleakError, run } from "./command.js";
import { isAtLeast } from "./options.js";
import { overlayOf, textOf } from "./overlay.js";
import { printable } from "./printable.js";
import { settings, shown } from "./scan.js";

const delay = 250; // milliseconds in which further changes are awaited
const mostFiles = 100; // of one scan; a change of branch touches thousands
const notInDev = new Set(["--verify", "--reveal"]); // saving a file sends nothing, and shows no value

/** Scans what changes from now on, never more than once at a time. The server does not wait for it. */
export function watchSources(server, options) {
  const { root, build, logger } = server.config;
  const output = resolve(root, build.outDir);
  const waiting = new Set();
  const leaks = new Map(); // file -> the findings of its last scan that fail a build
  let timer;
  let isRunning = false;
  let isClosed = false;
  let isShown = false;
  let told = ""; // a problem is told once

  server.watcher.on("change", changed).on("add", changed).on("unlink", changed);
  server.httpServer?.on("close", close);
  server.ws.on("connection", () => leaks.size && server.ws.send(overlayOf(all(), root)));

  function close() {
    isClosed = true;
    clearTimeout(timer);
  }

  function changed(file) {
    if (!isSource(file, root) || isIn(file, output)) return;
    leaks.delete(file); // until it is scanned again
    waiting.add(file);
    clearTimeout(timer);
    timer = setTimeout(scanWaiting, delay);
  }

  async function scanWaiting() {
    if (isRunning) return;
    isRunning = true;
    while (waiting.size && !isClosed) {
      const files = [...waiting].slice(0, mostFiles);
      for (const file of files) waiting.delete(file);
      try {
        update(files, await leaksIn(files.filter((file) => existsSync(file)), root, options, logger));
        told = "";
      } catch (error) {
        const text = error instanceof FrontleakError ? error.message : `frontleak: ${error.stack}`;
        if (text !== told) logger.error(printable(text), { timestamp: true });
        told = text;
      }
    }
    isRunning = false;
  }

  function update(files, findings) {
    for (const file of files) leaks.delete(file);
    for (const finding of findings) {
      const file = resolve(root, finding.path);
      const key = files.includes(file) ? file : files[0]; // another file may be to blame for what this one does
      leaks.set(key, [...(leaks.get(key) ?? []), finding]);
    }
    if (findings.length) {
      logger.error(textOf(findings), { timestamp: true });
      if (server.ws.clients.size) server.ws.send(overlayOf(all(), root)); // else Vite keeps it for a page to come
      isShown = true;
    } else if (isShown && !leaks.size) {
      server.ws.send({ type: "update", updates: [] }); // takes the overlay away
      isShown = false;
    }
  }

  function all() {
    return [...leaks.values()].flat();
  }
}

/** Returns the findings in files that would fail a build. */
async function leaksIn(files, root, options, logger) {
  if (!files.length) return [];
  const args = options.args.filter((each) => !notInDev.has(each));
  const own = ["scan", ...settings(options), ...args, "--format", "json", "--", ...files.map((file) => shown(file, root))];
  const note = (text) => logger.warn(text, { timestamp: true });
  const done = await run(own, { cwd: root, options, stdio: ["ignore", "pipe", "pipe"], note });
  let report;
  try {
    report = JSON.parse(done.stdout);
  } catch {
    const end = done.signal ?? `exit code ${done.code}`;
    throw new FrontleakError(`frontleak: the scan of changed files failed (${end})\n${done.stderr.trim()}`);
  }
  const least = options.failOn ?? report.configuration?.fail_on ?? "medium";
  return report.findings.filter(({ severity }) => isAtLeast(severity, least));
}

/** Whether a file may be part of the client-side code: in the root, not hidden, not installed. */
function isSource(file, root) {
  const names = relative(root, file).split(sep);
  return isIn(file, root) && !names.some((name) => name.startsWith(".") || name === "node_modules");
}

function isIn(file, folder) {
  const way = relative(folder, file);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
