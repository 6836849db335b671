// Makes the npm package of one platform from the folder that `python standalone/build.py` wrote:
//     node npm/platform.mjs OUT/frontleak PACKAGE
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, target] = process.argv.slice(2);
const main = JSON.parse(readFileSync(new URL("frontleak/package.json", import.meta.url), "utf8"));
const name = `@frontleak/${process.platform}-${process.arch}`;
if (!(name in main.optionalDependencies)) {
  throw new Error(`${name}: not one of the optional packages in npm/frontleak/package.json`);
}
mkdirSync(target, { recursive: true });
cpSync(folder, join(target, "program"), { recursive: true, dereference: true }); // npm leaves links out of a package
for (const name of ["LICENSE", "NOTICE"]) {
  cpSync(new URL(`../${name}`, import.meta.url), join(target, name));
}
const { version, license, repository } = main;
const description = `frontleak for ${process.platform} ${process.arch}`;
const where = { os: [process.platform], cpu: [process.arch], ...(process.platform === "linux" && { libc: ["glibc"] }) };
writeFileSync(
  join(target, "package.json"),
  `${JSON.stringify({ name, version, description, license, repository, ...where, files: ["program", "NOTICE"] }, null, 2)}\n`,
);
