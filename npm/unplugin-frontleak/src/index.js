// One plugin for all bundlers. Each has hooks of its own for the end of a build, so what they share is the scan.
import { createUnplugin } from "unplugin";
import { esbuildHooks } from "./bundlers/esbuild.js";
import { rollupHooks } from "./bundlers/rollup.js";
import { beginHooks, viteHooks } from "./bundlers/vite.js";
import { webpackHooks } from "./bundlers/webpack.js";
import { FrontleakError } from "./command.js";
import { checkedOptions } from "./options.js";

const name = "frontleak";

const unplugin = createUnplugin((given, { framework }) => {
  const options = checkedOptions(given);
  if (!options.enabled) return { name };
  switch (framework) {
    case "vite":
      return [
        { name: `${name}:begin`, vite: beginHooks() },
        { name, enforce: "post", vite: viteHooks(options) },
      ];
    case "webpack":
    case "rspack":
      return { name, [framework]: webpackHooks(options) };
    case "esbuild":
      return { name, esbuild: esbuildHooks(options) };
    case "rollup":
    case "rolldown":
      return { name, [framework]: rollupHooks(options) };
    default:
      throw new FrontleakError(`frontleak: ${framework} is not supported; scan in a script after the build`);
  }
});

export default unplugin;
export const { vite, rollup, webpack, rspack, esbuild } = unplugin;
