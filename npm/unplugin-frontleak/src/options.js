// What a configuration may say, and that a mistake in it stops the build instead of the scan.
import { FrontleakError } from "./command.js";

const severities = ["critical", "high", "medium", "low", "info"];
const isText = (value) => typeof value === "string" && value !== "";
const areTexts = (value) => Array.isArray(value) && value.every((each) => typeof each === "string");
const isFlag = (value) => typeof value === "boolean";

const known = {
  command: ["a program, or a list of it and its first arguments", (value) => isText(value) || (areTexts(value) && isText(value[0]))],
  args: ["a list of options of `frontleak scan`", areTexts],
  failOn: [`one of ${severities.join(", ")}`, (value) => severities.includes(value)],
  include: ["a list of files and folders", (value) => areTexts(value) && value.every(isText)],
  incomplete: ['"error" or "warn"', (value) => value === "error" || value === "warn"],
  dev: ["true or false", isFlag],
  enabled: ["true or false", isFlag],
};

/** Returns the options with their defaults; throws a FrontleakError that names the mistake. */
export function checkedOptions(given = {}) {
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    throw new FrontleakError("frontleak: the options of the plugin must be an object");
  }
  const options = { command: undefined, args: [], failOn: undefined, include: [], incomplete: "error", dev: true, enabled: true };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name)) {
      throw new FrontleakError(`frontleak: there is no option ${JSON.stringify(name)}; there are ${Object.keys(known).join(", ")}`);
    }
    if (value === undefined) continue;
    const [meaning, isValid] = known[name];
    if (!isValid(value)) throw new FrontleakError(`frontleak: the option ${name} must be ${meaning}`);
    options[name] = value;
  }
  return options;
}

/** Whether a severity is at or above another. */
export const isAtLeast = (severity, least) => severities.indexOf(severity) <= severities.indexOf(least);
