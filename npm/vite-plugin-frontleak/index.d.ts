export { default } from "unplugin-frontleak/vite";
export type { Options } from "unplugin-frontleak";
