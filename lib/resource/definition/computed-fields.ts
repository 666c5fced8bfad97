import { Type, type TSchema } from '@sinclair/typebox'
import { featureFields, type RowField } from '../../fields/computed.js'
import { plainForm } from '../../fields/to-json.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import { storedForm } from '../../model/stored-form.js'
import type { Dialect } from '../../sql/port/dialect.js'
import type { CellKind } from '../../tabular/table/table.js'
import { outputSchema } from '../../values/field-schema.js'
import { computedChoice, type ComputedValue } from './computed-values.js'
import { scopedValue, type PathStart } from '../../items/shape/link-scopes.js'
import { columnOf, type ComputedColumn } from '../../items/shape/computed-column.js'

/** What a client computes beside the suite: the fields of its `result` extensions, and its class of decimals. */
export interface ClientFields {
  readonly resultFields: (model: Model) => Readonly<Record<string, RowField>>
  readonly decimal: (text: string) => unknown
}

export interface ComputedParts {
  readonly registry: Registry
  /** The model, and which related rows a request reaches. */
  readonly start: PathStart
  readonly dialect: Dialect
  /** Those that the resource declares. */
  readonly values: Readonly<Record<string, ComputedValue>>
  /** Undefined: what the features of the model compute, and no more. */
  readonly client: ClientFields | undefined
}

/** Every value that rows of a model can have beside their columns, by its name. */
export function resolveComputed ({
  registry,
  start,
  dialect,
  values,
  client
}: ComputedParts): ReadonlyMap<string, ComputedColumn> {
  const { model } = start
  const columns = new Map<string, ComputedColumn>()
  const add = (column: Omit<ComputedColumn, 'valueIn'>): void => {
    const { name, value } = column
    columns.set(name, { ...column, valueIn: scopes => (value === null ? null : scopedValue(start, value, scopes)) })
  }
  const features = featureFields(model.meta.features)
  for (const [name, field] of Object.entries({ ...client?.resultFields(model), ...features })) {
    if (model.field(name) !== undefined) continue
    const needs = field.needs.map(need => model.field(need))
    // A field that is made of another computed one is out of reach.
    if (!needs.every(need => need !== undefined)) continue
    const rest = Object.hasOwn(features, name) ? featureColumn(model, dialect, name) : unknownColumn
    add({
      name,
      needs,
      compute: computation(field, needs, client === undefined ? text => text : text => client.decimal(text)),
      show: value => value,
      ...rest
    })
  }
  for (const [name, value] of Object.entries(values)) {
    if (model.field(name) !== undefined || /[.,\s-]/.test(name)) throw unusableName(model, name)
    add(valueColumn(registry, model, name, value))
  }
  return columns
}

function unusableName (model: Model, name: string): TypeError {
  const reason = model.field(name) === undefined ? 'which is no word that a request could name' : 'which is a field'
  return new TypeError(`resource ${model.name}: option "computed" names "${name}", ${reason}`)
}

type Described = Pick<ComputedColumn, 'value' | 'field' | 'schema' | 'kind'>

const unknownColumn: Described = { value: null, field: null, schema: Type.Unknown(), kind: 'text' }

/** Calls a function that takes rows as Prisma gives them, with the row that an answer has. */
function computation (
  { compute }: RowField,
  needs: readonly FieldMeta[],
  decimal: (text: string) => unknown
): (row: Readonly<Record<string, unknown>>) => unknown {
  const forms = needs.map(field => [field.name, storedForm(field, decimal)] as const)
  return row => plainForm(compute(Object.fromEntries(forms.map(([name, form]) => [name, form(row[name])])))) ?? null
}

const described: {
  readonly [name: string]: readonly [type: string, required: boolean, schema: TSchema, kind: CellKind]
} = {
  fullName: ['String', true, Type.String(), 'text'],
  initials: ['String', true, Type.String(), 'text'],
  age: ['Int', false, Type.Unsafe({ type: ['integer', 'null'] }), 'number'],
  fullAddress: ['String', true, Type.String(), 'text'],
  shortAddress: ['String', true, Type.String(), 'text'],
  hasCoordinates: ['Boolean', true, Type.Boolean(), 'boolean'],
  coordinates: [
    'Json',
    false,
    Type.Unsafe({ type: ['array', 'null'], items: { type: 'number' }, description: 'Latitude and longitude' }),
    'json'
  ]
}

function featureColumn (model: Model, dialect: Dialect, name: string): Described {
  const { identity, address } = model.meta.features
  const columns: Readonly<Record<string, string | null>> = { ...address, ...identity }
  const [type, required, schema, kind] = described[name]!
  const parts = dialect.featureValue(name, part => {
    const column = columns[part]
    return typeof column === 'string' ? model.ownField(column) : null
  })
  return {
    value: parts === null ? null : { kind: 'expression', parts },
    field: parts === null ? null : columnOf(name, type, required),
    schema,
    kind
  }
}

function valueColumn (
  registry: Registry,
  model: Model,
  name: string,
  computed: ComputedValue
): Omit<ComputedColumn, 'valueIn'> {
  const { value, nullable } = computedChoice(registry, model, name, computed)
  return {
    name,
    needs: [],
    compute: null,
    value,
    ...typed(model, name, computed, value.kind === 'aggregate' ? value.field : null, !nullable)
  }
}

type Typed = Pick<ComputedColumn, 'field' | 'show' | 'schema' | 'kind'>

function typed (
  model: Model,
  name: string,
  computed: ComputedValue,
  of: FieldMeta | null,
  required: boolean
): Typed {
  if (computed.kind === 'expression') {
    if (computed.type === undefined) return { field: null, show: value => value, schema: Type.Unknown(), kind: 'text' }
    return computed.type === 'Int'
      ? wholeNumber(name, required)
      : asField(model, columnOf(name, computed.type, required))
  }
  switch (computed.aggregate) {
    case 'count':
      return wholeNumber(name, required)
    case 'sum':
      return of!.type === 'Int' ? wholeNumber(name, required) : asField(model, columnOf(name, of!.type, required))
    case 'avg':
      return of!.type === 'Float'
        ? asField(model, columnOf(name, 'Float', required))
        : mean(model, name, of!, required)
    case 'min':
    case 'max':
      return asField(model, { ...of!, name, required })
  }
}

/** Counts and sums are larger than a column of integers may be, and smaller than what JSON can hold. */
function wholeNumber (name: string, required: boolean): Typed {
  const schema = required ? Type.Integer() : Type.Unsafe<unknown>({ type: ['integer', 'null'] })
  return {
    field: columnOf(name, 'BigInt', required),
    show: value => (value === null ? null : Number(value)),
    schema,
    kind: 'number'
  }
}

/** The mean of integers is a number, that of decimals a decimal. */
function mean (model: Model, name: string, { type }: FieldMeta, required: boolean): Typed {
  const field = columnOf(name, 'Decimal', required)
  if (type !== 'Int') return asField(model, field)
  return {
    field,
    show: value => (value === null ? null : Number(value)),
    schema: Type.Unsafe({ type: ['number', 'null'] }),
    kind: 'number'
  }
}

const kinds: { readonly [type: string]: CellKind } = {
  Int: 'number',
  BigInt: 'number',
  Float: 'number',
  Decimal: 'number',
  Boolean: 'boolean',
  DateTime: 'datetime'
}

function asField (model: Model, field: FieldMeta): Typed {
  const kind = field.kind === 'enum' ? 'text' : (kinds[field.type] ?? 'text')
  return { field, show: value => value, schema: outputSchema(model, field), kind }
}
