import type { Faults } from '../bulk/faults.js'
import type { BulkStore } from '../bulk/store.js'
import type { ReadItem } from './items.js'
import type { Resource } from './resource.js'

/** Names in faults what the client wrote: the relation or its key field. */
type WrittenName = (index: number, relation: string, key: string) => string

/** Every key that refers to nothing becomes a fault of its item: one query a relation for the whole batch. */
export async function checkForeignKeys (resource: Resource, store: BulkStore, items: readonly ReadItem[], nameOf: WrittenName, faults: Faults): Promise<void> {
  for (const [name, { relation, key }] of resource.relations) {
    const places = new Map<unknown, number[]>()
    items.forEach(({ data }, index) => {
      const value = data[key.name]
      if (value === undefined || value === null) return
      const known = places.get(value)
      if (known === undefined) places.set(value, [index])
      else known.push(index)
    })
    if (places.size === 0) continue
    const values = [...places.keys()]
    const target = store.registry.model(relation.model)
    const reference = relation.references[0]!
    for (const position of await store.missing(target, reference, values)) {
      const value = values[position]
      for (const index of places.get(value)!) {
        faults.add('foreign_key_not_found', index, nameOf(index, name, key.name), { model: relation.model, key: reference, value: String(value) })
      }
    }
  }
}
