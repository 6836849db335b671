export { esbuild as default } from "./index.js";
