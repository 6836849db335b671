export { webpack as default } from "./index.js";
