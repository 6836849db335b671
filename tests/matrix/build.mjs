// Reads {shape: source} on standard input, writes {tool: {shape: output}} to standard output.
// Needs esbuild, terser, @swc/core and javascript-obfuscator; see build.py.
import {createRequire} from 'node:module'
import {readFileSync} from 'node:fs'
const load = createRequire(process.argv[2] + '/')
const esbuild = load('esbuild')
const terser = load('terser')
const swc = load('@swc/core')
const obfuscator = load('javascript-obfuscator')
const obfuscate = (preset) => (code) =>
  obfuscator.obfuscate(code, {optionsPreset: preset, seed: 1, log: false, sourceType: 'module'}).getObfuscatedCode()
// the output is a hundred times the source: a few shapes are kept
const HIGH = ['plain', 'plus', 'atob', 'bearer template', 'join', '+=', 'template of constants', 'parts in properties', 'reversed', 'fromCharCode']
const tools = {
  'as written': (code) => code,
  esbuild: async (code) => (await esbuild.transform(code, {minify: true, format: 'esm'})).code,
  terser: async (code) => (await terser.minify(code, {module: true, toplevel: true, compress: {passes: 2}})).code,
  swc: async (code) => (await swc.minify(code, {module: true, compress: true, mangle: {toplevel: true}})).code,
  'obfuscator low': obfuscate('low-obfuscation'),
  'obfuscator medium': obfuscate('medium-obfuscation'),
  'obfuscator high': obfuscate('high-obfuscation'),
}
const shapes = JSON.parse(readFileSync(0, 'utf8'))
const outputs = {}
for (const [tool, minify] of Object.entries(tools)) {
  outputs[tool] = {}
  for (const [shape, code] of Object.entries(shapes)) {
    if (tool.includes('high') && !HIGH.includes(shape)) continue
    outputs[tool][shape] = await minify(code)
  }
}
process.stdout.write(JSON.stringify(outputs))
