import type { FileLimits } from '../../tabular/table/limits.js'
import { defaultLimits } from '../../tabular/table/limits.js'
import { check, checkOptions, type OptionTable } from '../../options.js'
import type { ScopeOptions } from '../../scope/scope-rule.js'

/** What functions of an import see of a row: column → its text or value, null where the cell is empty. */
export type RowCells = Readonly<Record<string, unknown>>

/**
 * Makes the value of a field from a cell that is not empty; throws a CommonsError, whose message the row fails with,
 * for what is none.
 */
export type Transform = (value: unknown, row: RowCells) => unknown

/**
 * Makes the value of a field from its row; `stored` has the rows that earlier models have of it, by the models' names
 * in the import.
 */
export type Compute = (row: RowCells, stored: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => unknown

interface ColumnText {
  /** Header of the column. Default: the name of the field. */
  readonly column?: string
  /** Further headers that are taken for it. Default: none. */
  readonly aliases?: readonly string[]
  /** What the template says of the column. */
  readonly hint?: string
  /** What the template shows as an example. Default: a value of the field's kind. */
  readonly example?: unknown
}

/** A field that takes the value of a column. */
export interface DirectField extends ColumnText {
  /** The name of one of `transforms`, or a function. Empty cells are not transformed. */
  readonly transform?: string | Transform
  /** Rows without a value fail. Default: what the model says. */
  readonly required?: boolean
}

/** A field that has one value in all rows. */
export interface ConstantField {
  readonly constant: unknown
}

/** A foreign key of the row that an earlier model has of the same row. */
export interface ReferenceField {
  /** The model's name in `models`. */
  readonly reference: string
}

/** A foreign key of the row that a column names by a unique field of its model. */
export interface LookupField extends ColumnText, ScopeOptions {
  /** Unique field of the model referred to; one that is unique together with the fields of the scope will do. */
  readonly lookup: string
  /** The model referred to. Default: that of the relation. */
  readonly model?: string
  /** Make the row that is not there, with this value and what a function adds to it. Default: false, the row fails. */
  readonly createIfMissing?: boolean | ((value: unknown) => Readonly<Record<string, unknown>>)
  /** Default: what the model says. */
  readonly required?: boolean
}

/** A field that a function makes. */
export interface ComputedField extends ColumnText {
  readonly compute: Compute
  /** `ifEmpty`: only where the column has no value. Default: `always`. */
  readonly mode?: 'ifEmpty' | 'always'
}

/** Where a field gets its value: a text is the header of its column. */
export type ImportField = string | DirectField | ConstantField | ReferenceField | LookupField | ComputedField

/** How rows of one model are made from rows of the file. */
export interface ImportModelOptions {
  /**
   * Fields, or relations with a key, and where each gets its value; a list: columns of these names. Default: every
   * field that a client may write, from a column of its name.
   */
  readonly fields?: readonly string[] | Readonly<Record<string, ImportField>>
  /**
   * Relations whose rows a column names by a unique field, beside `fields`: `{ customer: { lookup: 'code' } }`.
   * Default: none.
   */
  readonly foreignKeys?: Readonly<Record<string, LookupField>>
  /**
   * Unique constraint that tells whether a row is there already; rows without a value in it are made. Default: none,
   * every row is made.
   */
  readonly uniqueFields?: readonly string[]
  /** Update rows that are there; switched off, their rows of the file fail. Default: true with `uniqueFields`. */
  readonly updateIfExists?: boolean
}

/** Rows of a further model. */
export interface FurtherModelOptions extends ImportModelOptions, Pick<ScopeOptions, 'scope'> {
  /** Name of the Prisma model. */
  readonly model: string
}

export interface ImportProgress {
  /** Rows of the file that are done. */
  readonly rows: number
  /** The part of the file that is read, from 0 to 1; null where that is not known. */
  readonly fraction: number | null
}

/** How files are imported into a resource. */
export interface ImportOptions extends ImportModelOptions {
  /**
   * Several models in the place of the resource's own alone, by names for `order` and references; one of them is the
   * resource's.
   */
  readonly models?: Readonly<Record<string, FurtherModelOptions>>
  /** In which order the models of a row are written. Default: as in `models`. */
  readonly order?: readonly string[]
  /** Functions that fields name as their `transform`. */
  readonly transforms?: Readonly<Record<string, Transform>>
  /** Default: `['csv', 'xlsx']`. */
  readonly formats?: readonly ImportFormat[]
  /** Rows that are written together. Default: 2000; more are no faster, and take more memory. */
  readonly chunkSize?: number
  /**
   * How CSV files are read. Default: the delimiter that the first row has, UTF-8 or what a byte order mark says, rows
   * may be shorter than the first.
   */
  readonly csv?: ImportCsvOptions
  /** What files may hold. */
  readonly limits?: Partial<FileLimits>
  /** Seconds that an upload may take from its first byte to its last. Default: 300. */
  readonly uploadSeconds?: number
  /** Uploads that are received at once; further ones get 503. Default: 20. */
  readonly maxUploads?: number
  /** Failed rows that an answer lists; all can be downloaded. Default: 10. */
  readonly failedRows?: number
  /** Told of the progress of every import, after each chunk. */
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportCsvOptions {
  readonly delimiter?: string
  readonly encoding?: string
  /** Rows with fewer cells than the header fail. Default: false, the cells that are missing at their end are empty. */
  readonly strict?: boolean
}

export type ImportFormat = 'csv' | 'xlsx'

export const importFormats: readonly ImportFormat[] = ['csv', 'xlsx']

const scopeCheck = {
  expected: 'an object of functions, or false',
  accepts: (value: unknown) => value === false || check.object('').accepts(value)
}

const modelTable: OptionTable<ImportModelOptions> = {
  fields: {
    expected: 'a list of fields, or an object of fields with their columns',
    accepts: value => check.names.accepts(value) || check.object('').accepts(value)
  },
  foreignKeys: check.object('an object of relations, e.g. { customer: { lookup: "code" } }'),
  uniqueFields: check.names,
  updateIfExists: check.boolean
}

/** Checks what needs no metadata. */
export function checkImportOptions (owner: string, options: ImportOptions): void {
  checkOptions(owner, options, {
    ...modelTable,
    models: check.object('an object of models by names'),
    order: check.names,
    transforms: {
      expected: 'an object of functions',
      accepts: value =>
        typeof value === 'object' && value !== null && Object.values(value).every(one => typeof one === 'function')
    },
    formats: {
      expected: `a list of ${importFormats.join(', ')}`,
      accepts: value =>
        Array.isArray(value) && value.length > 0 && value.every(one => importFormats.includes(one as ImportFormat))
    },
    chunkSize: check.integer(1, 100_000),
    csv: check.object('an object with delimiter, encoding and strict'),
    limits: check.object('an object of limits'),
    uploadSeconds: check.integer(1, 86_400),
    maxUploads: check.integer(1, 10_000),
    failedRows: check.integer(0, 1000),
    onProgress: check.function
  })
  for (const [name, model] of Object.entries(options.models ?? {})) {
    checkOptions(`${owner}: model "${name}"`, model, {
      ...modelTable,
      model: check.required(check.string),
      scope: scopeCheck
    })
  }
  if (options.csv !== undefined) {
    checkOptions(`${owner}: option "csv"`, options.csv, {
      delimiter: { expected: 'one character', accepts: value => typeof value === 'string' && value.length === 1 },
      encoding: check.string,
      strict: check.boolean
    })
  }
  if (options.limits !== undefined) checkOptions(`${owner}: option "limits"`, options.limits, limitTable)
}

const limitTable = Object.fromEntries(
  Object.keys(defaultLimits).map(name => [name, check.integer(1)])
) as unknown as OptionTable<Partial<FileLimits>>
