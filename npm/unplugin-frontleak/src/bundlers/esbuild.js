// esbuild asks for the errors of plugins once it has written all; a watch goes on after them.
import { resolve } from "node:path";
import { scanBuild, targetsOf } from "../scan.js";

export function esbuildHooks(options) {
  return {
    setup(build) {
      const initial = build.initialOptions;
      const root = initial.absWorkingDir ?? process.cwd();
      if (initial.write === false || !(initial.outdir || initial.outfile)) return; // nothing is written
      initial.metafile = true; // lists what was written
      build.onEnd(async ({ errors, metafile }) => {
        if (errors.length || !metafile) return undefined;
        const files = Object.keys(metafile.outputs).map((name) => resolve(root, name));
        const targets = initial.outdir ? targetsOf(initial.outdir, files, root) : files;
        if (!targets.length) return undefined;
        try {
          const problem = await scanBuild(targets, root, options);
          if (problem?.fails) return { errors: [{ text: problem.text }] };
          if (problem) console.warn(problem.text); // esbuild shows no warnings that come so late
          return undefined;
        } catch (error) {
          return { errors: [{ text: error.message }] };
        }
      });
    },
  };
}
