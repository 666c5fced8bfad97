import { Type, type TSchema } from '@sinclair/typebox'
import type { FieldMeta } from '../../../model/meta.js'
import type { Operator } from '../../../sql/port/filter.js'
import { inputSchema } from '../../../values/field-schema.js'
import type { FilterField } from '../../definition/field-path.js'
import { listLimits } from '../../definition/list-limits.js'

/** One parameter of a query: what it means the operator says. */
export function parameterSchema (field: FilterField, operator: Operator): TSchema {
  if (operator === 'in' || operator === 'nin') return Type.String({ description: 'Values, separated by commas' })
  return valueSchema(field, operator)
}

/** The conditions on one field in the body of a query. */
export function conditionSchema (field: FilterField): TSchema {
  const operators = Type.Object(
    Object.fromEntries(
      field.operators.map(operator => [
        operator,
        Type.Optional(
          operator === 'in' || operator === 'nin'
            ? Type.Array(valueSchema(field, operator), { minItems: 1, maxItems: listLimits.values })
            : nullable(valueSchema(field, operator), operator)
        )
      ])
    ),
    { additionalProperties: false }
  )
  return field.operators.includes('equals')
    ? Type.Union([nullable(valueSchema(field, 'equals'), 'equals'), operators])
    : operators
}

function nullable (schema: TSchema, operator: Operator): TSchema {
  return operator !== 'equals' && operator !== 'ne'
    ? schema
    : {
        ...schema,
        type: [schema.type, 'null'].flat(),
        ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {})
      }
}

function valueSchema ({ model, element }: FilterField, operator: Operator): TSchema {
  if (operator === 'isnull') return Type.Boolean()
  if (operator === 'contains' || operator === 'startsWith' || operator === 'endsWith') return Type.String()
  const field: FieldMeta = { ...element, required: true }
  return inputSchema(model, field)
}
