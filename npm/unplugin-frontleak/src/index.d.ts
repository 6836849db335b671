import type { UnpluginInstance } from "unplugin";

export type Severity = "critical" | "high" | "medium" | "low" | "info";

export interface Options {
  /**
   * The program that runs frontleak, or a list of it and its first arguments. By default the binary of the npm package
   * `frontleak`, else `frontleak`, `uvx` or `pipx` on PATH.
   */
  command?: string | readonly string[];
  /** Further options of `frontleak scan`, such as `["--baseline", "accepted.json"]`. */
  args?: readonly string[];
  /** Fail for findings of this severity or higher. By default as in the settings of the project. */
  failOn?: Severity;
  /** Further files and folders to scan at the end of a build, from the root of the project. */
  include?: readonly string[];
  /** What a scan that is incomplete does to the build. By default "error". */
  incomplete?: "error" | "warn";
  /** Whether `vite dev` scans source files that change, and shows findings in the overlay. By default true. */
  dev?: boolean;
  /** Whether the plugin does anything. By default true. */
  enabled?: boolean;
}

declare const unplugin: UnpluginInstance<Options | undefined, boolean>;
export default unplugin;
export declare const vite: typeof unplugin.vite;
export declare const rollup: typeof unplugin.rollup;
export declare const webpack: typeof unplugin.webpack;
export declare const rspack: typeof unplugin.rspack;
export declare const esbuild: typeof unplugin.esbuild;
