// webpack and Rspack have the same hooks. An error in the list of a compilation ends a build, and not a watch.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { scanBuild, targetsOf } from "../scan.js";

export function webpackHooks(options) {
  return (compiler) => {
    const root = compiler.context;
    compiler.hooks.afterEmit.tapPromise({ name: "frontleak", stage: 1000 }, async (compilation) => {
      const names = compilation.getAssets().map(({ name }) => name.replace(/[?#].*$/s, ""));
      const isWritten = names.some((name) => existsSync(resolve(compiler.outputPath, name)));
      if (compiler.outputFileSystem.__vol || !isWritten) return; // a server keeps its files in memory, in a memfs
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
