// Judges real files: which are valid, and where their calls are.
// usage: node parse_judge.mjs FOLDER_OF_JUDGES valid|calls < JSON lines {path, kind} > JSON lines {path, by} or {path, calls}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [, , judges, task] = process.argv;
const require = createRequire(`${judges}/`);
const flow = require("flow-parser");
const SCRIPTS = new Set(["js", "jsx", "mjs", "cjs"]);
const FLOW_OPTIONS = { types: true, enums: true, components: true, pattern_matching: true, esproposal_decorators: true };

async function accepts(esbuild, text, kind) {
  const loader = kind === "tsx" ? "tsx" : SCRIPTS.has(kind) ? "jsx" : "ts";
  // decorators of parameters are valid under the older rules only
  for (const experimentalDecorators of text.includes("@") ? [false, true] : [false]) {
    const tsconfigRaw = { compilerOptions: { experimentalDecorators } };
    try {
      await esbuild.transform(text, { loader, logLevel: "silent", jsx: "preserve", target: "esnext", tsconfigRaw });
      return true;
    } catch {}
  }
  return false;
}

function acceptsFlow(text) {
  try {
    return flow.parse(text, FLOW_OPTIONS).errors.length === 0;
  } catch {
    return false;
  }
}

// UTF-16 index -> byte offset
function bytes(text) {
  const offsets = new Uint32Array(text.length + 1);
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    offsets[index] = at;
    const code = text.charCodeAt(index);
    // both halves of a pair have two bytes each
    at += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  offsets[text.length] = at;
  return (index) => offsets[index];
}

function callsOfFlow(text, at) {
  const found = [];
  const types = /^(TypeAlias|OpaqueType|TypeAnnotation|TypeParameterDeclaration|InterfaceDeclaration|Declare)/;
  const pending = [flow.parse(text, FLOW_OPTIONS).body];
  while (pending.length) {
    const node = pending.pop();
    if (Array.isArray(node)) pending.push(...node);
    else if (node && typeof node === "object") {
      if (types.test(node.type ?? "")) continue;
      if (/^(Optional)?(Call|New|Import)Expression$/.test(node.type ?? "")) found.push(node.range.map(at));
      for (const key in node) if (!["loc", "range", "comments", "errors"].includes(key)) pending.push(node[key]);
    }
  }
  return found;
}

function calls(typescript, text, kind, at) {
  const scripts = typescript.ScriptKind;
  const script = kind === "tsx" ? scripts.TSX : SCRIPTS.has(kind) ? scripts.JSX : scripts.TS;
  const file = typescript.createSourceFile(`a.${kind}`, text, typescript.ScriptTarget.Latest, false, script);
  const found = [];
  const visit = (node) => {
    if (typescript.isCallExpression(node) || typescript.isNewExpression(node))
      found.push([at(node.getStart(file)), at(node.end)]);
    typescript.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const files = [];
for await (const line of createInterface({ input: process.stdin })) files.push(JSON.parse(line));
if (task === "valid") {
  const esbuild = require("esbuild");
  const work = async () => {
    for (let file; (file = files.pop()); ) {
      const text = readFileSync(file.path, "utf8");
      let by = (await accepts(esbuild, text, file.kind)) ? "esbuild" : "";
      if (!by && SCRIPTS.has(file.kind) && acceptsFlow(text)) by = "flow-parser";
      console.log(JSON.stringify({ path: file.path, by }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  process.exitCode = 0;
  esbuild.stop();
} else {
  const typescript = require("typescript");
  for (const { path, kind } of files) {
    const text = readFileSync(path, "utf8");
    const at = bytes(text);
    console.log(JSON.stringify({ path, calls: kind === "flow" ? callsOfFlow(text, at) : calls(typescript, text, kind, at) }));
  }
}
