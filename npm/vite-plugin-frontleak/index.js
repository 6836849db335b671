export { default } from "unplugin-frontleak/vite";
