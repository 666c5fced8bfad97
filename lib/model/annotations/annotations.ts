/** A value inside an annotation: what JSON can say. */
export type AnnotationValue =
  string | number | boolean | null | readonly AnnotationValue[] | { readonly [key: string]: AnnotationValue }

export interface Annotation {
  readonly name: string
  readonly args: { readonly [name: string]: AnnotationValue }
  /** The line of the documentation text it begins on, as written. */
  readonly source: string
}

export interface ParsedAnnotations {
  readonly annotations: readonly Annotation[]
  readonly errors: readonly AnnotationError[]
}

/** Where an annotation cannot be read. `line` and `column` count from 1, inside the documentation text. */
export class AnnotationError extends Error {
  override readonly name = 'AnnotationError'
  readonly line: number
  readonly column: number
  /** The line the annotation begins on, as written. */
  readonly source: string

  constructor (message: string, place: { readonly line: number; readonly column: number; readonly source: string }) {
    super(message)
    this.line = place.line
    this.column = place.column
    this.source = place.source
  }
}

/**
 * Reads the annotations of a model's or field's documentation text. An annotation begins a line with `@commons.` and
 * may go on over several lines inside its brackets; every other line is plain documentation. What follows a broken
 * annotation is still read, so that one run names every mistake.
 *
 * @example
 * parseAnnotations('An article.\n@commons.version(field: "rev")')
 * // { annotations: [{ name: 'version', args: { field: 'rev' }, source: '@commons.version(field: "rev")' }], errors: []
 * }
 */
export function parseAnnotations (text: string): ParsedAnnotations {
  const annotations: Annotation[] = []
  const errors: AnnotationError[] = []
  const opening = /^[ \t]*@commons\./gm
  while (opening.exec(text) !== null) {
    try {
      annotations.push(new Reader(text, opening.lastIndex).annotation())
    } catch (error) {
      if (!(error instanceof AnnotationError)) throw error
      errors.push(error)
    }
  }
  return { annotations, errors }
}

const VALUE = '"text", a number, true, false, null, [a list] or { key: value }'

/** A recursive descent over the text; `#at` is the place it has come to. */
class Reader {
  readonly #text: string
  readonly #start: number
  #at: number

  constructor (text: string, at: number) {
    this.#text = text
    this.#start = at
    this.#at = at
  }

  annotation (): Annotation {
    const name = this.#take(/[A-Za-z_]\w*/y) ?? this.#fail('the name of an annotation')
    this.#take(/[ \t]+/y)
    const args = this.#take(/\(/y) === null ? {} : this.#entries(')', () => this.#argumentName())
    this.#take(/[ \t\r]+/y)
    if (this.#take(/(?=\n|$)/y) === null) this.#fail('the end of the line')
    return { name, args, source: this.#source() }
  }

  #argumentName (): string {
    return this.#take(/[A-Za-z_]\w*/y) ?? this.#fail('the name of an argument, as in name: value')
  }

  #key (): string {
    return this.#take(/[A-Za-z_]\w*/y) ?? this.#string() ?? this.#fail('a key, as in { key: value }')
  }

  #value (): AnnotationValue {
    const string = this.#string()
    if (string !== null) return string
    const number = this.#take(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y)
    if (number !== null) return Number(number)
    const word = this.#take(/(?:true|false|null)\b/y)
    if (word !== null) return JSON.parse(word) as boolean | null
    if (this.#take(/\[/y) !== null) return this.#list()
    if (this.#take(/\{/y) !== null) return this.#entries('}', () => this.#key())
    return this.#fail(`a value (${VALUE})`)
  }

  #string (): string | null {
    const at = this.#at
    const literal = this.#take(/"(?:[^"\\\n]|\\.)*"/y)
    if (literal === null) return null
    try {
      return JSON.parse(literal) as string
    } catch {
      this.#at = at
      return this.#fail('text with the escapes of JSON')
    }
  }

  #list (): AnnotationValue[] {
    const values: AnnotationValue[] = []
    this.#space()
    if (this.#take(/\]/y) !== null) return values
    while (true) {
      this.#space()
      values.push(this.#value())
      if (this.#separator(']')) return values
    }
  }

  #entries (close: ')' | '}', readName: () => string): { [name: string]: AnnotationValue } {
    const entries = new Map<string, AnnotationValue>()
    this.#space()
    if (this.#take(close === ')' ? /\)/y : /\}/y) !== null) return {}
    while (true) {
      this.#space()
      const at = this.#at
      const name = readName()
      if (entries.has(name)) {
        this.#at = at
        this.#fail(`each name once; "${name}" is given twice`, '')
      }
      this.#space()
      if (this.#take(/:/y) === null) this.#fail(`":" after ${name}`)
      this.#space()
      entries.set(name, this.#value())
      if (this.#separator(close)) return Object.fromEntries(entries)
    }
  }

  /** True at the closing bracket, false at a comma. */
  #separator (close: ')' | '}' | ']'): boolean {
    this.#space()
    const found = this.#take(/[,)}\]]/y)
    if (found === close) return true
    if (found === ',') return false
    if (found !== null) this.#at -= 1
    return this.#fail(`"," or "${close}"`)
  }

  #space (): void {
    this.#take(/\s+/y)
  }

  #take (pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return null
    this.#at = pattern.lastIndex
    return match[0]
  }

  #fail (expected: string, found = `, found ${this.#next()}`): never {
    const before = this.#text.slice(0, this.#at)
    const line = before.split('\n').length
    const column = this.#at - before.lastIndexOf('\n')
    throw new AnnotationError(`Expected ${expected}${found}`, { line, column, source: this.#source() })
  }

  /** What stands here, for a message: a word, a text or a single character. */
  #next (): string {
    const rest = this.#text.slice(this.#at)
    if (/^[ \t\r]*(?:\n|$)/.test(rest)) return 'the end of the line'
    return /^(?:[\w.]+|"[^"\n]*"?|'[^'\n]*'?|[^])/u.exec(rest)![0]
  }

  #source (): string {
    const end = this.#text.indexOf('\n', this.#start)
    return this.#text.slice(this.#text.lastIndexOf('\n', this.#start) + 1, end === -1 ? undefined : end).trim()
  }
}
