export { vite as default } from "./index.js";
