import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import type { ParkWrite } from '../../port/write-statements.js'
import type { SqlParameter, Statement } from '../../port/runner.js'
import { Source } from '../clauses/source.js'
import { columnType, elementType, identifier, tableOf } from '../values/types.js'

/**
 * Gives each row a value that no other has, nor gets by the batch; null where the type of the column has none that is
 * sure to be free.
 */
export function park ({ model, field, keys, written }: ParkWrite): Statement | null {
  const source = new Source(model)
  const value = freeValue(source, model, field, written)
  if (value === null) return null
  const match = source.match(keys)
  return source.statement(
    `update ${tableOf(model)} as t set ${identifier(field.column)} = ${value} from ${source.from()} where ${match}`
  )
}

/** An expression of a value that differs in each row `r`, and from those of all other rows. */
function freeValue (source: Source, model: Model, field: FieldMeta, written: SqlParameter): string | null {
  if (field.list || field.kind === 'enum') return null
  if (!field.required) return 'null'
  const greatest = (): string => {
    const ofTable = `(select max(${identifier(field.column)}) from ${tableOf(model)})`
    const ofBatch = `(select max(w) from unnest(${source.bind(written, `${elementType(model, field)}[]`)}) as w)`
    return `greatest(${ofTable}, ${ofBatch})`
  }
  switch (field.type) {
    case 'Int':
    case 'BigInt':
    case 'Float':
    case 'Decimal':
      return `${greatest()} + r.ord`
    case 'DateTime':
      return /^time(tz)?\b/.test(columnType(model, field)) ? null : `${greatest()} + r.ord * interval '1 day'`
    case 'String':
      return freeText(field)
    default:
      return null
  }
}

const hexDigits = 32

function freeText ({ native }: FieldMeta): string | null {
  const [type, length = hexDigits] = native ?? []
  if (type === 'Uuid') return 'gen_random_uuid()'
  const isText =
    type === undefined ||
    type === 'Text' ||
    type === 'Citext' ||
    ((type === 'VarChar' || type === 'Char') && Number(length) >= hexDigits)
  return isText ? "replace(gen_random_uuid()::text, '-', '')" : null
}
