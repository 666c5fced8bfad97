import { lackingField } from '../../features/lacking-field.js'
import type { ResourceAction } from './actions.js'
import type { Resource } from './resource.js'

const creating: readonly ResourceAction[] = ['create', 'bulkCreate']

/**
 * Checks that the rows which a resource creates can have all that their model asks for: a field that no client may
 * send, that the scope does not give and that no hook could set would refuse every creation. Upserts can still update.
 *
 * @throws TypeError naming the field and the action
 */
export function checkCreations ({ model, actions, rules, writable, scopeFields }: Resource): void {
  const unaided = creating.find(action => actions.has(action) && rules.before?.[action] === undefined)
  if (unaided === undefined) return
  const lacking = lackingField(model, new Set([...writable.keys(), ...scopeFields]))
  if (lacking === undefined) return
  const ways =
    `take it from clients ("fields", "readOnly", "relations"), set it in "before.${unaided}", or leave ` +
    `"${unaided}" out of "actions"`
  throw new TypeError(
    `resource ${model.name}: "${unaided}" can create no row, as the required field "${lacking.name}" gets no ` +
      `value: ${ways}`
  )
}
