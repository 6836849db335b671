// webpack and Rspack have the same hooks. An error in the list of a compilation ends a build, and not a watch.
import { scanBuild, targetsOf } from "../scan.js";

export function webpackHooks(options) {
  return (compiler) => {
    const root = compiler.context;
    compiler.hooks.afterEmit.tapPromise({ name: "frontleak", stage: 1000 }, async (compilation) => {
      if (process.env.WEBPACK_SERVE) return; // the server keeps its files in memory
      const names = compilation.getAssets().map(({ name }) => name.replace(/[?#].*$/s, ""));
      if (!names.length) return;
      try {
        const problem = await scanBuild(targetsOf(compiler.outputPath, names, root), root, options);
        if (problem) compilation[problem.fails ? "errors" : "warnings"].push(entry(compiler, problem.text));
      } catch (error) {
        compilation.errors.push(entry(compiler, error.message));
      }
    });
  };
}

function entry(compiler, text) {
  const { WebpackError = Error } = compiler.webpack ?? {};
  const made = new WebpackError(text);
  made.stack = text;
  return made;
}
