// What people read about findings while they develop. Names and code are hostile; values are never part of a report.
import { resolve } from "node:path";
import { printable } from "./printable.js";

const mostShown = 5;

const placeOf = ({ path, line, column }) => `${path}:${line}:${column}`;

export function textOf(findings) {
  const lines = findings.slice(0, mostShown).map((each) => `frontleak: ${each.severity}: ${each.title} (${placeOf(each)})`);
  if (findings.length > mostShown) lines.push(`frontleak: and ${findings.length - mostShown} more`);
  return printable(lines.join("\n"));
}

/** Returns the message for Vite's client that shows the first finding, and the places of others. */
export function overlayOf(findings, root) {
  const [first] = findings;
  const { line, column } = first;
  const others = findings.slice(1, mostShown).map((each) => `Also: ${each.title} (${placeOf(each)})`);
  const rest = findings.length > mostShown ? [`And ${findings.length - mostShown} more.`] : [];
  const message = [`${first.title} (${first.severity})`, first.why, first.fix, ...others, ...rest].filter(Boolean).join("\n\n");
  const file = resolve(root, first.path);
  return {
    type: "error",
    err: {
      message: printable(message),
      stack: "",
      id: printable(file),
      plugin: "frontleak",
      loc: { file, line, column },
      frame: `> ${line} | ${printable(first.snippet ?? "").split("\n")[0]}\n`, // Vite shows no other form of code
    },
  };
}
