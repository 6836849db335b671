import type { RspackPluginInstance } from "@rspack/core";
import type { Options } from "./index.js";

/** Scans what Rspack wrote, and fails the build if there are secrets in it. */
export default function frontleak(options?: Options): RspackPluginInstance;
export type { Options };
