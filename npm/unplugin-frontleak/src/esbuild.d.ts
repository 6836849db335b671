import type { Plugin } from "esbuild";
import type { Options } from "./index.js";

/** Scans what esbuild wrote, and fails the build if there are secrets in it. */
export default function frontleak(options?: Options): Plugin;
export type { Options };
