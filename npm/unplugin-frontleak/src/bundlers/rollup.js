// Rollup writes all outputs of a build, then closes it.
import { dirname, resolve } from "node:path";
import { scanOrThrow, targetsOf } from "../scan.js";

export function rollupHooks(options) {
  const root = process.cwd();
  const written = new Set();
  return {
    writeBundle: {
      order: "post",
      handler(output, bundle) {
        for (const target of targetsOfOutput(output, bundle, root)) written.add(target);
      },
    },
    closeBundle: {
      order: "post",
      sequential: true, // after what other plugins write then
      async handler() {
        const targets = [...written];
        written.clear(); // a watch closes a bundle each time
        if (targets.length) await scanOrThrow(targets, root, options, this.meta.watchMode);
      },
    },
  };
}

/** Returns what to scan of one output: its folder, or its files if it is one file with what belongs to it. */
export function targetsOfOutput(output, bundle, root) {
  const names = Object.keys(bundle);
  if (output.dir) return targetsOf(output.dir, names, root);
  return names.map((name) => resolve(root, dirname(output.file), name));
}
