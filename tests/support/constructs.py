"""Valid code that one grammar or another rejects: what real projects contain, one construct each."""

from typing import Final

TYPESCRIPT: Final = {
    "export type star": "export type * from './types'",
    "export type star as": "export type * as Types from './types'",
    "export type names": "export type {A} from './types'\nexport {type B, c} from './values'",
    "variance": "export interface Box<in out T, out U = never> extends Base<T> { get: () => U }",
    "overloads": "export function pick(a: string): string\nexport function pick(a: number): number;\nexport function pick(a: any) { return a }",
    "default overloads": "export default function (a: string): string;\nexport default function (a: any) { return a }",
    "a tagged template with type arguments": "const rows = sql<{ readonly n: number }>`SELECT ${count} AS n`",
    "typeof import as a type argument": "const real = await load<typeof import('./real')>()",
    "import type in a parameter": "function f(logs: import('./log.js').Log[]) { return logs }",
    "an object type of call signatures": "const f: {\n  <A>(a: A): <B>(b: B) => A\n  (a: string, b: number): string\n} = dual",
    "satisfies": "const config = { a: 1 } satisfies Partial<Config>\nexport default config satisfies Config",
    "as const and as unknown as": "const names = ['a', 'b'] as const\nconst n = (names as unknown as Box<string>)!.value!",
    "generic arrows": "const id = <T>(x: T): T => x\nconst two = async <A, const B extends A[] = []>(a: A, ...b: B) => [a, ...b]",
    "type assertions": "const n = <number>(<any>window).size",
    "instantiation": "const make = create<string>\nconst both = [make, create<number>]",
    "decorators": "@Component({selector: 'a'})\nexport class A {\n  @Input() name!: string\n  @Output() readonly done = new E<void>()\n  constructor(@Inject(TOKEN) private readonly t: string, public x?: number) {}\n}",
    "decorators behind export": "export @sealed class B { @a.b<string>() @(c) method(): void {} }",
    "a decorator on a declared field": "class F extends Base { @property({noAccessor: true})\n  declare tabIndex: number\n  [key: string]: any\n  get = 1 }",
    "accessor": "class C { static accessor count: number = 0; @observable accessor name = 'a'; accessor() {} }",
    "abstract classes": "abstract class D<T> extends E<T> implements F, G<T> {\n  abstract run(a: T): void\n  protected abstract readonly n: number\n  get x(): number { return 1 }\n}",
    "fields named like modifiers": "class G { static: boolean\n  get: string\n  set?: () => void\n  async = 1\n  readonly readonly = 2 }",
    "using": "{ using file = open('a'); for (using x of xs) {} }\nasync function u() { await using db = await connect(); for await (const x of db) {} }",
    "using as a name": "const stream = using(() => f(), (x) => x as Y)\nlet as = a.length === 0 ? b : c",
    "import attributes": "import data from './data.json' with { type: 'json' }\nexport { x } from './x.json' with { type: 'json' }\nimport './y' with {}",
    "import equals": "import fs = require('fs')\nimport Alias = Names.Space\nexport import B = Names.B",
    "import defer": "import defer * as heavy from './heavy'",
    "import type": "import type A, {type B} from './a'\nimport type from './b'\nimport {type C, type as d} from './c'\nimport type * as E from './e'",
    "namespaces and globals": "declare global { interface Window { a: string } }\nexport namespace N.M { export const a = 1 }\ndeclare module 'x' { export = y }\ndeclare const VERSION: string, B: number",
    "enums": "export const enum E { A = 1 << 2, 'b-c' = 'x' }\ndeclare enum F { A }",
    "asserts": "function is(x: unknown): asserts x is string { if (!x) throw new Error() }\nfunction ok(this: Window, x: any): x is Y { return true }",
    "template types": "type Path = `/${string}/${number}` | `${Uppercase<'a'>}`\nlet p: `a${infer}` = x",
    "conditional types": "type X<T> = T extends (infer U extends string)[] ? `${U}` : T extends new (...a: any[]) => infer R ? R : never",
    "comparison that looks like type arguments": "const x = (a ? a < 0 : b >= 0) ? f(a < b, c > d) : a < b >= c",
    "a colon that is none of a result": "const f = a ? (b) : (c) => d\nconst g = a ? (b): T => c : d\nconst h = a ? (b, c) : e",
    "shift operators": "const n = a << 2 >>> 1 >> b\nn >>= 2\nlet m: Array<Array<number>>= []",
    "regular expressions": 'const r = /[/\\]"`]+/g.test(a) ? a / b / c : /`/',
    "private names": "class P { #a = 1; static #b() { return #a in this } has(x?: P) { return x?.#a } }",
    "paths in texts": "const routes = ['/a/*', '/b/*', '/c/*', '/d/*', '/e/*', '/f/*', '/g/*', '/h/*', '/i/*', `/j/*`]",
    "labels and directives": "outer: for (let i = 0, n = xs.length; i < n; i++) { for (const k in o) continue outer }",
    "generators": "function* g(): Generator<number, void> { const x = yield; yield* other<string>(); yield (x) }",
    "optional calls": "a?.b?.[c]?.(d)?.<string>(e); new Map<string, Array<() => void>>([]).get('a')!.length",
    "objects": "const o = { async *a<T>(x: T): AsyncGenerator<T> {}, get b(): number { return 1 }, ['c' + d]: 1, async: 1, get: 2, e, ...f }",
    "destructuring": "const { a = 1, b: { c = f() } = {}, ...rest }: Props = props, [d, , e = 2]: [A, B, C] = list",
    "catch": "try { f() } catch (e: unknown) { g(e as Error) } finally { h() }",
}
"""What `.ts`, `.mts` and `.cts` files contain."""

TSX: Final = {
    "an ampersand in text": "const a = <main><h1>R & D</h1><p>Q&A {b} && c</p></main>",
    "an ampersand in an attribute": "const a = <a href=\"https://x.example/?a=1&b=2\" title='c & d'>x</a>",
    "entities": "const a = <p>&nbsp;&amp;&#39; &#x27; &unknown; & &</p>",
    "quotes in text": 'const a = <p>don\'t `do` "that" // now /* or */ never</p>',
    "generic arrows": "const id = <T,>(x: T): T => x\nconst f = <T extends object>(x: T) => <p>{x}</p>\nconst g = <T = {},>(x: T) => x",
    "a component with type arguments": "const a = <Select<Option> items={xs} onChange={(x: Option) => f(x)!} />",
    "a styled component": "const Box = styled(Card)<{$open: boolean}>`\n  opacity: ${({$open}) => ($open ? 1 : 0)};\n`",
    "an attribute that is an element": "const a = <A icon=<B /> {...rest} data-x-y xlink:href='#a' extends={b}>{/* c */}{...d}</A>",
    "fragments and members": "const a = <><Foo.Bar key='1' /><svg:rect /></>",
    "conditions in JSX": "const a = <p>{b ? <i>R & D</i> : (c as any)}{d && <b>{e!}</b>}</p>",
}
"""What `.tsx` files contain besides."""

FLOW: Final = {
    "optional types": "function f(a: ?string, b?: ?Array<?number>): ?{a: ?string} { return null }",
    "exact objects": "type A = {| +a: string, -b?: number, [key: string]: mixed |}\nconst x: {...} = y",
    "spread in types": "export type Props = $ReadOnly<{...ViewProps, a: string, ...}>",
    "type casts": "const a = (b: any)\nconst c = ((d: any): string)\nf((e: T), [g, (h: X)])",
    "import typeof": "import typeof A from './a'\nimport typeof * as B from './b'\nimport {type C, typeof D, e} from './c'\nimport type F, {G} from './d'",
    "opaque types": "opaque type A = string\nexport opaque type B: string = string\ndeclare opaque type C",
    "declarations": "declare var __DEV__: boolean\ndeclare function f(x: number): string\ndeclare class A extends B<C> { m(): void }\ndeclare module.exports: { a: string }\ndeclare module 'x' { declare type A = string }\ndeclare export default class D {}\ndeclare export var e: string",
    "function types": "type F = (string, ?number) => void\ntype G = string => Promise<void>\nlet h: (x: string, ...rest: Array<T>) => void = i",
    "checks": "function isString(x: mixed): boolean %checks { return typeof x === 'string' }",
    "variance in classes": "class A<+T, -U> extends B<T> implements C { +a: T; static +b: ?U = 1; #c: string = 'a'; props: Props\n state = {} }",
    "bounds": "function f<T: Object = {}, +U: string>(x: T): U %checks(x) { return x }",
    "enums": "enum Status {On, Off}\nenum Text of string {A = 'a', B = 'b', ...}\nexport default enum X {Y}",
    "components": "component Card(title: string, 'data-x' as x?: ?string, size as {w, h}: Size = y, ...rest: Props) renders? Item { return <p>R & D</p> }\nexport default component Other(a: string) renders* B {}",
    "hooks": "\n\n\nexport hook useThing(a: ?string): void { use(a) }\n\nhook x(): void {}",
    "match statements": "match (mode) {\n  A.B => { f() }\n  {type: 'a', const b} if (b) => { g(b) }\n  _ => {}\n}",
    "match expressions": "const a = match (b) { 1 | 2 => f(), [const c, ...] => g(c), _ => h() };",
    "indexed access": "type A = Obj?.['a']['b']\ntype B = Class<typeof C>\ntype D = $Keys<typeof e>",
    "conditional and mapped types": "type A<T> = T extends string ? ?T : {[K in keyof T]: T[K]}\nfunction f(x: mixed): implies x is T { return true }",
    "arrows with results": "const f = (x: ?string): Promise<void> => g()\nconst h = async <T>(x: T): Promise<?T> => x\nconst i = x => (y: string): string => y",
    "existential types": "let a: Array<*> = [], b: * = 1",
    "exported types": "export type {A, B} from './types'\nexport type * from './types'\nexport interface I { a: string }",
    "comments": "const a /*: string */ = (b /*: any */)",
    "as": "const a = b as ?string, c = d as const",
    "JSX": 'const a = <A<string> b={(c: any)} d="&">{e ? (f) : (g: T)}</A>',
}
"""What `.js` files with Flow contain."""

_NOT_IN_TSX: Final = frozenset({"type assertions", "generic arrows"})
_WITHOUT_TYPES: Final = frozenset(
    {"an ampersand in text", "an ampersand in an attribute", "entities", "quotes in text", "fragments and members"}
)

CONSTRUCTS: Final = (
    *((f"{kind}: {name}", kind, code) for kind in ("ts", "mts", "cts") for name, code in TYPESCRIPT.items()),
    *((f"tsx: {name}", "tsx", code) for name, code in TYPESCRIPT.items() if name not in _NOT_IN_TSX),
    *((f"tsx: {name}", "tsx", code) for name, code in TSX.items()),
    *((f"flow: {name}", "js", code) for name, code in FLOW.items()),
    *((f"js: {name}", "js", code) for name, code in TSX.items() if name in _WITHOUT_TYPES),
)
"""(Name, file extension, code) of each."""
