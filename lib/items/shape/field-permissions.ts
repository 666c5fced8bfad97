import type { Model } from '../../model/registry.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import { didYouMean } from '../../suggest.js'

/** Says whether a request may write a field. */
export type FieldPermission = (request: ResourceRequest) => boolean | Promise<boolean>

/** By the names of fields, and of lists of related rows. */
export type FieldPermissions = ReadonlyMap<string, FieldPermission>

/**
 * The permissions of fields; one of a relation with a key is that of the key.
 *
 * @param owner begins messages
 * @throws TypeError for fields that the model does not have
 */
export function resolvePermissions (
  owner: string,
  model: Model,
  given: Readonly<Record<string, FieldPermission>> = {}
): FieldPermissions {
  return new Map(
    Object.entries(given).flatMap(([name, permission]) => {
      const relation = model.relation(name)
      if (relation === undefined && model.field(name) === undefined) {
        const known = [...model.fieldNames, ...model.meta.relations.map(one => one.name)]
        throw new TypeError(
          `${owner}: option "canWrite" names the unknown field "${name}". ${didYouMean(name, known)}`
        )
      }
      const names = relation === undefined || relation.fields.length === 0 ? [name] : relation.fields
      return names.map(one => [one, permission] as const)
    })
  )
}
