import type { Actor } from '../../actor.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import { check, checkOptions, type OptionCheck, type OptionTable } from '../../options.js'
import type { ScopeOptions } from '../../scope/scope-rule.js'
import type { ValueSchemas } from '../../values/model-rules.js'
import type { FieldPermission } from './field-permissions.js'

/**
 * How an item may name a related row. `id`: by its key. `text`: by its value in the lookup field. `data`: as an object
 * of its own fields, which may make it.
 */
export type WriteForm = 'id' | 'text' | 'data'

/** How an answer shows a related row: its key, its label, an object of its fields, or what `output` makes of it. */
export type ReadForm = 'id' | 'text' | 'data' | 'custom'

/** What becomes of the related rows that a list does not name: they stay, are let go, or are deleted. */
export type RelationMode = 'append' | 'replace' | 'sync'

/** A related row with all of its own fields, in the form of answers. */
export type RelatedRow = Readonly<Record<string, unknown>>

/** Who is shown a related row. */
export interface OutputContext {
  /** Null for code of the server itself, such as an export of a job. */
  readonly request: ResourceRequest | null
  /** Who sent the request, else the actor of the running code; null when anonymous. */
  readonly user: Actor | null
}

/** Options that every form of a relation takes. */
export interface RelationSettings extends ScopeOptions {
  /**
   * Fields of the related rows to show, and to take where nested data is taken. Default: every scalar field, for
   * children without the key of their parent.
   */
  readonly fields?: readonly string[]
  /**
   * Unique field that a text names a row by; one that is unique together with the fields of the scope will do. Default:
   * `slug`.
   */
  readonly lookup?: string
  /** Field, or function, that gives the text shown. Default: the lookup field, else `name`, else `title`. */
  readonly label?: string | ((row: RelatedRow) => string | null)
  /** Makes what answers show, for the form `custom`. */
  readonly output?: (row: RelatedRow, owner: RelatedRow, context: OutputContext) => unknown
  /** Make rows of nested data that name none. Default: true. */
  readonly createIfNested?: boolean
  /** Write nested data into the row that it names. Default: false; children of a list are always written. */
  readonly updateIfExists?: boolean
  /**
   * What becomes of the related rows that a list does not name. Default: `replace`, for children that cannot be without
   * their parent `sync`.
   */
  readonly mode?: RelationMode
  /** Rules for the values of nested data, by field, over those of `@commons.value`. Default: none. */
  readonly values?: ValueSchemas
  /** Who may write a field of nested data, by field; others get 403. Default: everyone. */
  readonly canWrite?: Readonly<Record<string, FieldPermission>>
  /** Relations of the related rows, in the same way. */
  readonly relations?: RelationDefinitions
}

export interface RelationOptions extends RelationSettings {
  /** Default: `id`; false or an empty list: read-only. */
  readonly write?: WriteForm | readonly WriteForm[] | false
  /** Default: `data`; false: not shown. */
  readonly read?: ReadForm | false
}

export type RelationDefinitions = { readonly [relation: string]: RelationDefinition }

/** A relation as declared; it is checked against the metadata when its resource is registered. */
export interface RelationDefinition {
  /** The name of the function that made it, for messages. */
  readonly form: string
  /** Whether it is for lists of rows; null: for what the relation is. */
  readonly many: boolean | null
  readonly write: ReadonlySet<WriteForm>
  readonly read: ReadForm | null
  readonly settings: RelationSettings
}

const settings: OptionTable<RelationSettings> = {
  fields: check.names,
  lookup: check.string,
  label: {
    expected: 'a field or a function',
    accepts: value => (typeof value === 'string' && value !== '') || typeof value === 'function'
  },
  output: check.function,
  createIfNested: check.boolean,
  updateIfExists: check.boolean,
  mode: check.oneOf('append', 'replace', 'sync'),
  scope: {
    expected: 'an object of functions, or false',
    accepts: value =>
      value === false || (isObject(value) && Object.values(value).every(one => typeof one === 'function'))
  },
  where: { expected: 'an object of fields with values or functions', accepts: isObject },
  values: { expected: 'an object of JSON Schemas', accepts: isObject },
  canWrite: {
    expected: 'an object of functions',
    accepts: value => isObject(value) && Object.values(value).every(one => typeof one === 'function')
  },
  relations: {
    expected: 'an object of relations',
    accepts: value => typeof value === 'object' && value !== null && Object.values(value).every(isDefinition)
  }
}

function isObject (value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const writeForms: readonly unknown[] = ['id', 'text', 'data'] satisfies WriteForm[]

const write: OptionCheck = {
  expected: '"id", "text", "data", a list of them, or false',
  accepts: value => value === false || [value].flat().every(form => writeForms.includes(form))
}

const read: OptionCheck = {
  expected: '"id", "text", "data", "custom" or false',
  accepts: value => ['id', 'text', 'data', 'custom', false].some(one => one === value)
}

/** True for what the functions of this module make. */
export function isDefinition (value: unknown): value is RelationDefinition {
  return (
    typeof value === 'object' && value !== null && 'form' in value && 'write' in value && value.write instanceof Set
  )
}

/**
 * Declares a relation by the forms in which it is written and read. The named forms beside it are its common cases.
 *
 * @throws TypeError for options that do not exist, do nothing in this form, or are of another type
 *
 * @example
 * defineResource({ model: 'Employee', relations: { department: relation({ write: ['id', 'text'], read: 'text', lookup:
 * 'code' }) } })
 */
export function relation (options: RelationOptions = {}): RelationDefinition {
  checkOptions('relation', options, { ...settings, write, read })
  const { write: written = 'id', read: shown = 'data', ...others } = options
  return define('relation', null, written === false ? [] : [written].flat(), shown === false ? null : shown, others)
}

type Form<Excluded extends keyof RelationSettings = never> = (
  options?: Omit<RelationSettings, Excluded>
) => RelationDefinition

function form (
  name: string,
  many: boolean,
  write: readonly WriteForm[],
  read: ReadForm | null
): (options?: RelationSettings) => RelationDefinition {
  return (options = {}) => {
    checkOptions(name, options, settings)
    return define(name, many, write, read, options)
  }
}

function define (
  form: string,
  many: boolean | null,
  write: readonly WriteForm[],
  read: ReadForm | null,
  settings: RelationSettings
): RelationDefinition {
  const definition = { form, many, write: new Set(write), read, settings }
  const problems = idleOptions(definition)
  if (read === 'custom' && settings.output === undefined) problems.push('option "output" is required: a function')
  if (problems.length > 0) throw new TypeError(problems.map(problem => `${form}: ${problem}`).join('\n'))
  return definition
}

/** Options that would do nothing are a mistake. */
function idleOptions ({ write, read, settings }: RelationDefinition): string[] {
  const needs: readonly (readonly [keyof RelationSettings, boolean, string])[] = [
    ['fields', read === 'data' || read === 'custom' || write.has('data'), 'the form "data"'],
    ['relations', read === 'data' || write.has('data'), 'the form "data"'],
    ['lookup', read === 'text' || write.has('text') || write.has('data'), 'the form "text" or "data"'],
    ['label', read === 'text', 'the read form "text"'],
    ['output', read === 'custom', 'the read form "custom"'],
    ['values', write.has('data'), 'the write form "data"'],
    ['canWrite', write.has('data'), 'the write form "data"'],
    ['createIfNested', write.has('data'), 'the write form "data"'],
    ['updateIfExists', write.has('data'), 'the write form "data"'],
    ['mode', write.size > 0, 'a form that is written'],
    ['where', write.size > 0, 'a form that is written']
  ]
  return needs.flatMap(([option, isUsed, need]) =>
    settings[option] === undefined || isUsed ? [] : [`option "${option}" needs ${need}`]
  )
}

/** Takes an id, shows the row. */
export const idToData: Form<'output'> = form('idToData', false, ['id'], 'data')
/** Takes an id, shows a text. */
export const idToStr: Form<'output'> = form('idToStr', false, ['id'], 'text')
/** Takes nested data or an id, shows the id. */
export const dataToId: Form<'output'> = form('dataToId', false, ['data', 'id'], 'id')
/** Takes nested data or an id, shows a text. */
export const dataToStr: Form<'output'> = form('dataToStr', false, ['data', 'id'], 'text')
/** Takes nested data, shows the row. */
export const dataToData: Form<'output'> = form('dataToData', false, ['data'], 'data')
/** Takes the value of the lookup field, shows the row. */
export const strToData: Form<'output'> = form('strToData', false, ['text'], 'data')
/** Takes the value of the lookup field, shows a text. */
export const strOnly: Form<'output'> = form('strOnly', false, ['text'], 'text')
/** Takes an id, shows the id. */
export const idOnly: Form<'output'> = form('idOnly', false, ['id'], 'id')
/** Takes an id, the value of the lookup field, or nested data; shows the row. */
export const flexible: Form<'output'> = form('flexible', false, ['id', 'text', 'data'], 'data')
/** Takes an id or nested data, shows what `output` makes of the row. */
export const custom: Form = form('custom', false, ['id', 'data'], 'custom')
/** Takes nothing, shows the id. */
export const readOnlyId: Form<'output'> = form('readOnlyId', false, [], 'id')
/** Takes nothing, shows a text. */
export const readOnlyStr: Form<'output'> = form('readOnlyStr', false, [], 'text')
/** Takes nothing, shows the row. */
export const readOnlyData: Form<'output'> = form('readOnlyData', false, [], 'data')
/** Takes nothing, shows what `output` makes of the row. */
export const readOnlyCustom: Form = form('readOnlyCustom', false, [], 'custom')
/** Takes an id, shows nothing. */
export const writeOnly: Form<'output'> = form('writeOnly', false, ['id'], null)

/** Takes a list of ids, shows the rows. */
export const manyIdToData: Form<'output'> = form('manyIdToData', true, ['id'], 'data')
/** Takes a list of nested data or ids, shows the ids. */
export const manyDataToId: Form<'output'> = form('manyDataToId', true, ['data', 'id'], 'id')
/** Takes a list of nested data, shows the rows: children that are written with their parent. */
export const manyDataToData: Form<'output'> = form('manyDataToData', true, ['data'], 'data')
/** Takes a list of values of the lookup field, shows the rows. */
export const manyStrToData: Form<'output'> = form('manyStrToData', true, ['text'], 'data')
/** Takes a list of ids, shows the ids. */
export const manyIdOnly: Form<'output'> = form('manyIdOnly', true, ['id'], 'id')
/** Takes a list of values of the lookup field, shows texts. */
export const manyStrOnly: Form<'output'> = form('manyStrOnly', true, ['text'], 'text')
/** Takes a list of ids, values of the lookup field and nested data; shows the rows. */
export const manyFlexible: Form<'output'> = form('manyFlexible', true, ['id', 'text', 'data'], 'data')
/** Takes nothing, shows the rows. */
export const manyReadOnlyData: Form<'output'> = form('manyReadOnlyData', true, [], 'data')
