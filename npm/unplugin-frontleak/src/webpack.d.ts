import type { WebpackPluginInstance } from "webpack";
import type { Options } from "./index.js";

/** Scans what webpack wrote, and fails the build if there are secrets in it. */
export default function frontleak(options?: Options): WebpackPluginInstance;
export type { Options };
