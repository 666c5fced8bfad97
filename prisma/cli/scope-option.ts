import type { Scope } from '../../lib/store/core/scope.js'
import { cellReader } from '../../lib/import/plan/cell-value.js'
import type { Resource } from '../../lib/resource/definition/resource.js'
import { expectedOf, InvalidValue, valueReader } from '../../lib/values/value-reader.js'
import { CommandError, UsageError } from './command.js'

/**
 * The scope that a command works in, from its options `--scope field=value`: the values that a request would give.
 *
 * @throws UsageError for fields that are not of the scope, and for values that are none of theirs; CommandError where
 * one is missing
 */
export function scopeOption ({ model, plural, scopeFields }: Resource, given: readonly string[] = []): Scope | null {
  const values = new Map(given.map(text => [text.split('=', 1)[0]!, text.slice(text.indexOf('=') + 1)]))
  const strange = [...values.keys()].find(name => !scopeFields.includes(name))
  if (strange !== undefined) {
    const known =
      scopeFields.length === 0 ? `${plural} have no scope` : `the scope of ${plural} is ${scopeFields.join(', ')}`
    throw new UsageError(`--scope names "${strange}", but ${known}`)
  }
  const missing = scopeFields.find(name => !values.has(name))
  if (missing !== undefined) {
    throw new CommandError(`${plural} have a scope: say whose rows they are with --scope ${missing}=<value>`)
  }
  if (scopeFields.length === 0) return null
  return Object.fromEntries(
    scopeFields.map(name => {
      const field = model.ownField(name)
      const value = cellReader(field, valueReader(model, field))(values.get(name))
      if (value instanceof InvalidValue || value === null) {
        throw new UsageError(`--scope ${name} must be ${expectedOf(model, field)}`)
      }
      return [name, value]
    })
  )
}
