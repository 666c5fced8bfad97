import { parseJsonText } from '../../text/parse-json-text.js'
import { isRow } from '../../store/core/columns.js'
import { CommonsError, errorDetail } from '../../errors.js'
import { checkParameters, readBoolean, type Query } from '../../http/query.js'
import { didYouMean } from '../../suggest.js'
import { shortened } from '../../text/shorten.js'
import type { ImportMode } from '../write/run.js'

/** What an import is asked to do. */
export interface ImportRequest {
  readonly mode: ImportMode
  readonly dryRun: boolean
  /** Header → column. */
  readonly mapping: Readonly<Record<string, string>> | undefined
  /** The sheet of a workbook; undefined: the first one that has the columns. */
  readonly sheet: string | undefined
}

/** Parameters of the query. */
export const importParameters = ['dry_run', 'preview']

/** Fields of the form beside the file. */
export const importFields = ['append_data', 'replace_data', 'mapping', 'sheet']

/** Whether only the start of the file is to be looked at. */
export function readPreview (query: Query): boolean {
  checkParameters(query, importParameters)
  return readBoolean(query, 'preview') ?? false
}

/**
 * Reads the fields of the form, texts by name.
 *
 * @throws CommonsError `validation_failed` that names the field
 */
export function readImportRequest (query: Query, fields: ReadonlyMap<string, string>): ImportRequest {
  const unknown = [...fields.keys()].find(name => !importFields.includes(name))
  if (unknown !== undefined) {
    throw refused(unknown, `Unknown field "${shortened(unknown)}". ${didYouMean(unknown, ['file', ...importFields])}`)
  }
  const [append, replace] = [readFlag(fields, 'append_data'), readFlag(fields, 'replace_data')]
  if (append === replace) throw refused('mode', 'Exactly one of append_data and replace_data must be true')
  return {
    mode: append ? 'append' : 'replace',
    dryRun: readBoolean(query, 'dry_run') ?? false,
    mapping: readMapping(fields.get('mapping')),
    sheet: readSheetName(fields)
  }
}

/** The sheet that a form names; an empty field names none. */
export function readSheetName (fields: ReadonlyMap<string, string>): string | undefined {
  const name = fields.get('sheet')
  return name === '' ? undefined : name
}

const words: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'y', 'on'].map((word): [string, boolean] => [word, true]),
  ...['false', '0', 'no', 'n', 'off', ''].map((word): [string, boolean] => [word, false])
])

function readFlag (fields: ReadonlyMap<string, string>, name: string): boolean {
  const flag = words.get((fields.get(name) ?? '').trim().toLowerCase())
  if (flag === undefined) throw refused('mode', `${name} must be true or false`)
  return flag
}

function readMapping (text: string | undefined): ImportRequest['mapping'] {
  if (text === undefined || text.trim() === '') return undefined
  const problem = 'mapping must be a JSON object of headers and columns'
  let mapping: unknown
  try {
    mapping = parseJsonText(text)
  } catch {
    throw refused('mapping', problem)
  }
  if (!isRow(mapping) || !Object.values(mapping).every(column => typeof column === 'string')) {
    throw refused('mapping', problem)
  }
  // A header may have the name of anything that objects have.
  return Object.assign(Object.create(null) as Record<string, string>, mapping)
}

function refused (field: string, message: string): CommonsError {
  return new CommonsError('validation_failed', {
    details: [errorDetail('invalid_value', { field }, { problem: message })]
  })
}
