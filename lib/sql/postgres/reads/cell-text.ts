import { hasMicroseconds } from '../../../model/instant.js'
import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import { commonSeparators, formulaPattern } from '../../../tabular/table/formula-guard.js'
import { encodeTexts } from '../values/encode.js'
import type { Source } from '../clauses/source.js'

/** Native types of text whose value is the same in every form; the driver pads or masks others. */
const plainTexts: ReadonlySet<string> = new Set(['Text', 'VarChar', 'Citext', 'Uuid'])

/** Times of day leave out their zone, which is done elsewhere; floats, JSON, bytes and lists have other forms there. */
export function isTextual ({ kind, type, list, native }: FieldMeta): boolean {
  if (list) return false
  if (kind === 'enum') return true
  switch (type) {
    case 'Int':
    case 'BigInt':
    case 'Boolean':
      return true
    case 'Decimal':
      return native?.[0] !== 'Money'
    case 'DateTime':
      return native?.[0] !== 'Time' && native?.[0] !== 'Timetz'
    case 'String':
      return plainTexts.has(native?.[0] ?? 'Text')
    default:
      return false
  }
}

/** A field of a row that a statement reads. */
export interface CellColumn {
  readonly model: Model
  readonly field: FieldMeta
  /** With its alias, and quoted. */
  readonly column: string
}

/** The text of a column as answers show it; null stays null. */
export function cellText (source: Source, { model, field, column }: CellColumn): string {
  if (field.kind === 'enum') return enumText(source, model, field, column, `${column}::text`)
  switch (field.type) {
    case 'DateTime': {
      if (field.native?.[0] === 'Date') return `split_part(${instantText(column)}, 'T', 1)`
      const moment = field.native?.[0] === 'Timestamptz' ? `(${column} at time zone 'UTC')` : column
      // Three zeros behind the milliseconds are left out; nothing but the end is followed by the Z.
      return hasMicroseconds(field) ? `replace(${instantText(moment, 'US')}, '000Z', 'Z')` : instantText(moment)
    }
    case 'String':
      return `${column}::text collate "C"`
    default:
      return `${column}::text`
  }
}

/** The names of an enum's values; what the schema does not know is `other`. */
function enumText (source: Source, model: Model, field: FieldMeta, column: string, other: string): string {
  const cases = Object.entries(model.enumOf(field).values).map(
    ([name, value]) => `when ${source.bind(value, 'text')} then ${source.bind(name, 'text')}`
  )
  return `case ${column}::text ${cases.join(' ')} else ${other} end`
}

/**
 * ISO 8601 in UTC, whatever the session's zone and date style. Years that have not four digits get six and a sign, as
 * in JavaScript.
 */
function instantText (column: string, fraction: 'MS' | 'US' = 'MS'): string {
  // Other programs may store infinity, which has no year.
  const year = `(extract(year from ${column})::integer + (extract(year from ${column}) < 0)::integer)`
  const others =
    `case when ${year} = 0 then '0000' else case when ${year} < 0 then '-' else '+' end || ` +
    `lpad(abs(${year})::text, 6, '0') end || to_char(${column}, '-MM-DD"T"HH24:MI:SS.${fraction}"Z"')`
  return (
    `case when ${column} >= '0001-01-01' and ${column} < '10000-01-01' then to_char(${column}, ` +
    `'YYYY-MM-DD"T"HH24:MI:SS.${fraction}"Z"') when ${column} in ('infinity', '-infinity') then ${column}::text ` +
    `else ${others} end`
  )
}

/** What makes a text one that has to be looked at closely, by its ends and by what it holds. */
const edges = encodeTexts(['', "'", '=', '+', '-', '@', '＝', '＋', '－', '＠', ' ', '\t', '\r', '\n', '\v', '\f'])

/**
 * Writes cells of CSV: guarded against spreadsheets that run them, and in quotes where they must be. Null is nothing.
 */
export class CellWriter {
  readonly #source: Source
  readonly #delimiter: string
  /** What cells may not hold without quotes. */
  readonly #separators: readonly string[]
  readonly #bound = new Map<string, string>()

  constructor (source: Source, delimiter: string) {
    this.#source = source
    this.#delimiter = delimiter
    this.#separators = [...new Set([delimiter, ...commonSeparators])]
  }

  line (columns: readonly CellColumn[]): string {
    const cells = columns.map((column, i) => {
      const delimiter = i === 0 ? '' : `${this.#bind(this.#delimiter)} || `
      return delimiter + this.#cell(column)
    })
    return `${cells.join(' || ')} || E'\\r\\n'`
  }

  #cell (cell: CellColumn): string {
    const { model, field, column } = cell
    // Numbers, instants, keys and names of the schema hold nothing that a cell could break at.
    if (field.kind === 'enum') return enumText(this.#source, model, field, column, this.#free(`${column}::text`))
    const text = cellText(this.#source, cell)
    return field.type !== 'String' || field.native?.[0] === 'Uuid' ? `coalesce(${text}, '')` : this.#free(text)
  }

  /** A cell of any text. Few have to be looked at closely, which costs many times as much. */
  #free (text: string): string {
    const suspicious = [
      ...[...this.#separators, '"', '\r', '\n'].map(character => `strpos(${text}, ${this.#bind(character)}) > 0`),
      ...['left', 'right'].map(end => `${end}(${text}, 1) = any(${this.#bind(edges, 'text[]')})`)
    ]
    const isSuspicious = suspicious.join(' or ')
    return `case when ${text} is null then '' when ${isSuspicious} then ${this.#close(text)} else ${text} end`
  }

  #close (text: string): string {
    const held = `[${this.#separators.join('')}"\\r\\n]| $`
    const doubled = `replace(${text}, '"', '""')`
    const guarded = `${this.#bind("'")} || ${text}`
    const isHeld = `${text} ~ ${this.#bind(held)}`
    const apart = `case when ${isHeld} then '"' || ${this.#bind("'")} || ${doubled} || '"' else ${guarded} end`
    const isQuoted = `${text} ~ ${this.#bind(`^$|^[ \\t]|${held}`)}`
    const plain = `case when ${isQuoted} then '"' || ${doubled} || '"' else ${text} end`
    return `case when ${text} ~ ${this.#bind(formulaPattern)} then ${apart} else ${plain} end`
  }

  /** One bind for all places of a text; one that no place has would have no type. */
  #bind (value: string, type = 'text'): string {
    const known = this.#bound.get(value)
    if (known !== undefined) return known
    const placeholder = this.#source.bind(value, type)
    this.#bound.set(value, placeholder)
    return placeholder
  }
}
