import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import t from 'tap'
import ts from 'typescript'

t.setTimeout(300_000)

/** Characters of a probe. A pattern of quadratic time takes milliseconds for it, one of linear time microseconds. */
const probeLength = 8000
/** Milliseconds of a probe above which the growth of its time is measured. */
const suspiciousTime = 2
/** Milliseconds that a text of four times the length may take whatever its growth. */
const floor = 20
/** Time at four times the length, in times at one: 4 when linear, 16 when quadratic. */
const tolerated = 10
const measurements = 3

/** What hostile texts repeat. */
const units = [
  '1',
  '0',
  ' ',
  '\t',
  'T',
  'a',
  'A',
  '.',
  '-',
  ',',
  '"',
  "'",
  '(',
  '[',
  '{',
  '\n',
  '\\',
  '/',
  '_',
  '=',
  ';',
  '<',
  '@',
  '+',
  's',
  'é',
  '😀',
  '1.',
  'a ',
  '[a',
  '""',
  "''",
  '"a"',
  '"a" ',
  "'a' ",
  '\\\\',
  '\\"',
  '\\u0000',
  ', ',
  '//',
  '/*',
  '::',
  '1T',
  '@a',
  '.a'
]
const heads = ['', '1', '0.1', 'a', '"', '1T', 'a@']
const tails = ['', 'x', '!', '\n!']

interface Pattern {
  readonly place: string
  readonly expression: RegExp
}

/** A hostile text, by what it is made of. */
type Recipe = readonly [head: string, unit: string, tail: string]

function textOf ([head, unit, tail]: Recipe, length: number): string {
  return head + unit.repeat(Math.ceil(length / unit.length)) + tail
}

/** Pieces of what a pattern matches literally, which lead behind its first steps: `fields:[` of `fields:\s*\[`. */
function fragments ({ source }: RegExp): string[] {
  const literal = source
    .replaceAll(/\\[sdwbBSDW][*+?]?|\\[pP]\{[^}]*\}/g, '')
    .replaceAll(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(')
    .replaceAll(/\[(?:[^\]\\]|\\.)*\][*+?]?|(?<!\\)[()^$*+?|.]/g, '\u0000')
    .replaceAll(/\\(.)/g, '$1')
  return [...new Set([literal.replaceAll('\u0000', ''), ...literal.split('\u0000')])].filter(
    piece => piece !== '' && piece.length <= 40
  )
}

function recipesOf ({ expression }: Pattern): Recipe[] {
  const own = fragments(expression)
  const repeated = [...units, ...own].flatMap(unit =>
    heads.flatMap(head => tails.map((tail): Recipe => [head, unit, tail]))
  )
  const behind = own.flatMap(head =>
    [...units, ...own].flatMap(unit => tails.map((tail): Recipe => [head, unit, tail]))
  )
  const between = own.flatMap(piece => units.map((unit): Recipe => ['', piece + unit, '!']))
  return [...repeated, ...behind, ...between]
}

/** The regular expressions of a module: literals, and patterns that are built from literals. */
function patternsOf (file: string, text: string): Pattern[] {
  const found: Pattern[] = []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push({
        place: `${file}:${line + 1}`,
        expression: new RegExp(node.text.slice(1, end), node.text.slice(end + 1))
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/**
 * What runs in the context of a pattern: a script has a deadline, which ends regular expressions of exponential time.
 */
const search = `
function time (text) {
  const start = performance.now()
  expression.lastIndex = 0
  if (expression.global) text.replace(expression, '')
  else expression.exec(text)
  return performance.now() - start
}
function growth (recipe) {
  const short = time(textOf(recipe, probeLength))
  const long = time(textOf(recipe, 4 * probeLength))
  return long < floor ? 0 : long / short
}
recipes.find(recipe => {
  state.current = recipe
  if (time(textOf(recipe, probeLength)) < suspiciousTime) return false
  return Array.from({ length: measurements }, () => growth(recipe)).every(ratio => ratio > tolerated)
})`

/**
 * What a text is made of for which a pattern takes a time that grows faster than its length; undefined where there is
 * none.
 *
 * @param timeout milliseconds for all texts: those of exponential time never end
 */
function superlinear ({ expression }: Pattern, timeout = 30_000): string | undefined {
  const state: { current?: Recipe } = {}
  const context = createContext({
    performance,
    expression,
    state,
    textOf,
    recipes: recipesOf({ expression, place: '' }),
    probeLength,
    suspiciousTime,
    floor,
    tolerated,
    measurements
  })
  try {
    const found = runInContext(search, context, { timeout }) as Recipe | undefined
    return found === undefined ? undefined : JSON.stringify(found)
  } catch (error) {
    return `${JSON.stringify(state.current)}: ${String(error)}`
  }
}

await t.test(
  'every regular expression of the package takes time linear in the length of its text',
  { timeout: 240_000 },
  async t => {
    const root = fileURLToPath(new URL('../../', import.meta.url))
    const files = ['lib', 'prisma', 'plugins', 'examples'].flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        file => `${folder}/${file.replaceAll('\\', '/')}`
      )
    )
    // The generated client is Prisma's.
    const own = files.filter(file => file.endsWith('.js') && !file.startsWith('prisma/generated/'))
    const patterns = own.flatMap(file => patternsOf(file, readFileSync(join(root, file), 'utf8')))
    t.ok(patterns.length > 100, 'the modules were read')
    const seen = new Set<string>()
    const itemErrors: string[] = []
    for (const pattern of patterns) {
      if (seen.has(String(pattern.expression))) continue
      seen.add(String(pattern.expression))
      const fault = superlinear(pattern)
      if (fault !== undefined) itemErrors.push(`${pattern.place}: ${String(pattern.expression)}: ${fault}`)
    }
    t.strictSame(itemErrors, [])
  }
)

await t.test('a pattern of quadratic or exponential time is found', async t => {
  // On a busy machine a measurement may miss one: of several one finds it.
  const isFound = (expression: RegExp): boolean =>
    Array.from({ length: 6 }).some(() => superlinear({ place: '', expression }) !== undefined)
  for (const expression of [/^[+-]?(?:\d+\.?\d*|\.\d+)$/, / +$/, /\bfields:\s*\[([^\]]*)\]/]) {
    t.equal(isFound(expression), true, String(expression))
  }
  t.match(superlinear({ place: '', expression: /^(?:\d+,?)+$/ }, 500), /timed out/)
  t.equal(superlinear({ place: '', expression: /^\d+$/ }), undefined)
})
