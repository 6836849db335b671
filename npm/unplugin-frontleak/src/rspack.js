export { rspack as default } from "./index.js";
