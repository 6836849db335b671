import type { Plugin } from "vite";
import type { Options } from "./index.js";

/** Scans what Vite wrote, and fails the build if there are secrets in it. */
export default function frontleak(options?: Options): Plugin[];
export type { Options };
