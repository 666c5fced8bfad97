import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import type { Fallback, KeyColumn, WriteColumn } from '../../port/statement-parts.js'
import type { SqlParameter, Statement } from '../../port/runner.js'
import { columnType, elementType, identifier, tableOf } from '../values/types.js'

/**
 * The rows of one chunk as a relation `r`: every column is one array parameter, all unnested side by side.
 * Collects the binds of the statement on the way.
 */
export class Source {
  readonly #model: Model
  readonly #values: SqlParameter[] = []
  readonly #arrays: string[] = []
  #rows = 0

  constructor (model: Model) {
    this.#model = model
  }

  /** Adds a bind and gives its placeholder, typed. */
  bind (value: SqlParameter, type: string): string {
    this.#values.push(value)
    return `$${this.#values.length}::${type}`
  }

  /** Adds a bind whose type the database tells from what it is compared with. */
  untyped (value: SqlParameter): string {
    this.#values.push(value)
    return `$${this.#values.length}`
  }

  /** The number of rows, for a source without columns. */
  count (rows: number): void {
    this.#rows = rows
  }

  /** Adds an array of plain type; gives the expression of its element. */
  array (values: SqlParameter, type: string): string {
    this.#arrays.push(this.bind(values, `${type}[]`))
    return `r.c${this.#arrays.length - 1}`
  }

  /** Adds the values of a field; gives an expression of the field's type, coerced the way its column would. */
  field (field: FieldMeta, values: SqlParameter): string {
    const type = columnType(this.#model, field)
    if (field.list) return `${this.array(values, 'text')}::${type}`
    const element = elementType(this.#model, field)
    const column = this.array(values, element)
    return type === element ? column : `${column}::${type}`
  }

  /** The condition that joins the table to the keys; `r` columns are added for them. */
  match (keys: readonly KeyColumn[], alias = 't'): string {
    return keys
      .map(({ field, values }) => `${alias}.${identifier(field.column)} = ${this.field(field, values)}`)
      .join(' and ')
  }

  /**
   * The value of a written column; `keep` is what the fallback of that kind stands for in this statement, `given` the
   * expression that tells which rows name the column, where the statement needs it elsewhere too.
   */
  column (column: WriteColumn, keep: string, given?: string | null): string {
    const { field, named } = column
    if (named === 'every') return this.field(field, column.values)
    const fallback = this.fallback(field, column.fallback, keep)
    if (named === 'none') return fallback
    const value = this.field(field, column.values)
    return `case when ${given ?? this.array(column.given, 'boolean')} then ${value} else ${fallback} end`
  }

  /** What the rows that do not name the field get. */
  fallback (field: FieldMeta, fallback: Fallback, keep: string): string {
    switch (fallback.kind) {
      case 'keep':
        return keep
      case 'bind':
        return this.bind(fallback.value, columnType(this.#model, field))
      // A column takes it by an assignment cast, as a text column does with gen_random_uuid(); elsewhere the cast is
      // ours.
      case 'sql':
        return `(${fallback.expression})::${columnType(this.#model, field)}`
      case 'sequence':
        return this.#nextValue(field)
      case 'default':
        throw new Error(`The default of ${this.#model.name}.${field.name} is not known outside the database`)
    }
  }

  /**
   * The lookup stands in a subquery, so that it runs once and not for each row. A sequence that no column owns is read
   * from the text of the column's default, which is planned in a fifth of the time of a join over pg_depend.
   */
  #nextValue (field: FieldMeta): string {
    const table = this.bind(tableOf(this.#model), 'text')
    const column = this.bind(field.column, 'text')
    const ofDefault = [
      "select replace(substring(pg_get_expr(e.adbin, e.adrelid) from 'nextval\\(''(.*)''::regclass\\)'), '''''', " +
        "'''')::regclass",
      `from pg_attrdef e where e.adrelid = ${table}::regclass`,
      `and e.adnum = (select a.attnum from pg_attribute a where a.attrelid = ${table}::regclass and a.attname = ` +
        `${column})`
    ].join(' ')
    return `nextval((select coalesce(pg_get_serial_sequence(${table}, ${column})::regclass, (${ofDefault}))))`
  }

  /**
   * The relation `r`; with `ord`, the 1-based place of the row.
   *
   * @param unsized keep the number of rows from the planner, for statements whose cost it takes for far higher than it
   * is
   */
  from (unsized = false): string {
    if (this.#arrays.length === 0) return `generate_series(1, ${this.bind(String(this.#rows), 'integer')}) as r(ord)`
    const columns = this.#arrays.map((_, i) => `c${i}`).join(', ')
    const arrays = unsized ? this.#arrays.map(array => `(select ${array})`) : this.#arrays
    return `unnest(${arrays.join(', ')}) with ordinality as r(${columns}, ord)`
  }

  statement (text: string): Statement {
    return { text, values: this.#values }
  }
}
