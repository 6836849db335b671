export { rollup as default } from "./index.js";
