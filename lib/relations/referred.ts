import type { ItemShape, Relation } from '../resource/item-shape.js'
import type { Row } from '../bulk/find.js'
import type { RowRequest } from '../bulk/report.js'
import type { BulkStore } from '../bulk/store.js'
import { selectorBy } from '../resource/ids.js'
import type { RelatedInput, RelatedWrite } from '../resource/read-item.js'
import { namingParts, nestedPart, updateParts, type MadeRows, type Part, type WriteParts } from './part.js'
import { lookupUnique } from './relation.js'

/** True for parts that write more than their own rows: then all of it belongs in one transaction. */
export function isCompound (related: readonly RelatedWrite[]): boolean {
  return related.some(({ relation, rows }) => relation.kind !== 'key' || rows.some(row => isWritten(relation, row)))
}

function isWritten ({ updateIfExists }: Relation, { item, id }: RelatedInput): boolean {
  return item !== null && (id === undefined || updateIfExists)
}

/** Makes and writes the rows that others are going to refer to, and puts the keys into the data of those. */
export async function writeReferred (store: BulkStore, shape: ItemShape, parts: readonly Part[], writeParts: WriteParts): Promise<MadeRows> {
  const made = new Map<RelatedInput, unknown>()
  for (const relation of shape.related.values()) {
    if (relation.kind === 'children') continue
    const wishes = parts.flatMap(part => part.related.filter(one => one.relation === relation).flatMap(({ rows }) => rows.map(input => ({ part, input }))))
    const nested = wishes.filter(({ input }) => isWritten(relation, input))
    if (nested.length === 0) continue
    await makeRows(store, relation, nested.filter(({ input }) => input.id === undefined), made, writeParts)
    await updateRows(store, relation, nested.filter(({ input }) => input.id !== undefined), writeParts)
    if (relation.kind === 'key') for (const { part, input } of wishes) if (made.has(input)) part.data[relation.key!.name] = made.get(input)
  }
  return made
}

interface Wish {
  readonly part: Part
  readonly input: RelatedInput
}

/** Rows that share their lookup value are one. Another writer may make it meanwhile: then it is that one's. */
async function makeRows (store: BulkStore, relation: Relation, wishes: readonly Wish[], made: Map<RelatedInput, unknown>, writeParts: WriteParts): Promise<void> {
  const { target, shape, id, lookup, updateIfExists } = relation
  const groups = new Map<unknown, Wish[]>()
  for (const wish of wishes) {
    const value = lookup === null ? null : store.keyText(lookup, wish.input.item!.data[lookup.name])
    const key = value ?? wish
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [wish])
    else known.push(wish)
  }
  const rows: RowRequest = { fields: [id], form: 'prisma' }
  const unique = lookup === null ? undefined : lookupUnique(target, lookup)
  for (const isNamed of [true, false]) {
    const some = [...groups].filter(([key]) => (typeof key === 'string') === isNamed).map(([, group]) => group)
    if (some.length === 0) continue
    const parts = some.map(group => nestedPart(group[0]!.part, group[0]!.input))
    const data = parts.map(part => part.data)
    const report = await writeParts(store, shape, {
      parts,
      absent: 'create',
      rows,
      own: async rows => await namingParts(parts, async () => isNamed
        ? await store.upsert(target, data, { on: unique!, update: updateIfExists ? undefined : [], onDuplicate: 'error', expected: null, rows })
        : await store.create(target, data, { rows }))
    })
    some.forEach((group, position) => {
      const key = (report.rows as readonly Row[])[position]![id.name]
      for (const { input } of group) made.set(input, key)
    })
  }
}

/** Writes nested data into the rows that they name; of those that name one row the last one counts. */
async function updateRows (store: BulkStore, { target, shape, id }: Relation, wishes: readonly Wish[], writeParts: WriteParts): Promise<void> {
  const last = new Map(wishes.map(wish => [store.keyText(id, wish.input.id), wish]))
  const parts = [...last.values()].map(wish => ({ ...nestedPart(wish.part, wish.input), where: selectorBy(lookupUnique(target, id)!, { [id.name]: wish.input.id }), version: wish.input.item!.version }))
  if (parts.length === 0) return
  await updateParts(store, shape, parts, writeParts)
}
