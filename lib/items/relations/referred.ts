import type { ItemShape, Relation } from '../shape/item-shape.js'
import type { Row } from '../../store/read/find.js'
import type { RowRequest } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import { selectorBy } from '../shape/ids.js'
import type { RelatedInput, RelatedWrite } from '../shape/read-item.js'
import { scopeFieldsOf } from '../../scope/scope-rule.js'
import type { Scopes } from '../../scope/scopes.js'
import { ItemErrors } from '../../store/core/item-errors.js'
import { AppearedRows } from '../shape/appeared-rows.js'
import { namingParts, nestedPart, newPart, updateParts, type MadeRows, type Part, type WriteParts } from './part.js'
import { lookupUnique } from './relation.js'

/** True for parts that write more than their own rows: then all of it belongs in one transaction. */
export function isCompound (related: readonly RelatedWrite[]): boolean {
  return related.some(({ relation, rows }) => relation.kind !== 'key' || rows.some(row => isWritten(relation, row)))
}

function isWritten ({ updateIfExists }: Relation, { item, id }: RelatedInput): boolean {
  return item !== null && (id === undefined || updateIfExists)
}

/** Makes and writes the rows that others are going to refer to, and puts the keys into the data of those. */
export async function writeReferred (
  store: ModelStore,
  shape: ItemShape,
  parts: readonly Part[],
  scopes: Scopes,
  writeParts: WriteParts
): Promise<MadeRows> {
  const made = new Map<RelatedInput, unknown>()
  for (const relation of shape.related.values()) {
    if (relation.kind === 'children') continue
    const wishes = parts.flatMap(part =>
      part.related.filter(one => one.relation === relation).flatMap(({ rows }) => rows.map(input => ({ part, input })))
    )
    const nested = wishes.filter(({ input }) => isWritten(relation, input))
    if (nested.length === 0) continue
    await makeRows(
      store,
      relation,
      nested.filter(({ input }) => input.id === undefined),
      made,
      scopes,
      writeParts
    )
    await updateRows(
      store,
      relation,
      nested.filter(({ input }) => input.id !== undefined),
      scopes,
      writeParts
    )
    if (relation.kind === 'key') {
      for (const { part, input } of wishes) if (made.has(input)) part.data[relation.key!.name] = made.get(input)
    }
  }
  return made
}

interface Wish {
  readonly part: Part
  readonly input: RelatedInput
}

/**
 * Rows that share their lookup value are one. When another writer makes it meanwhile the request begins again, and
 * finds it.
 */
async function makeRows (
  store: ModelStore,
  relation: Relation,
  wishes: readonly Wish[],
  made: Map<RelatedInput, unknown>,
  scopes: Scopes,
  writeParts: WriteParts
): Promise<void> {
  const { target, shape, id, lookup, scope, updateIfExists } = relation
  const scopeFields = scopes.of(scope).values === null ? [] : scopeFieldsOf(scope)
  const groups = new Map<unknown, Wish[]>()
  for (const wish of wishes) {
    const value = lookup === null ? null : store.keyText(lookup, wish.input.item!.data[lookup.name])
    const key = value ?? wish
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [wish])
    else known.push(wish)
  }
  const rows: RowRequest = { fields: [id, ...scopeFields.map(name => target.ownField(name))], form: 'prisma' }
  const unique = lookup === null ? undefined : lookupUnique(target, lookup, scope)
  // What says whose a row is never changes.
  const update = updateIfExists ? [...shape.writable.keys()].filter(name => !scopeFields.includes(name)) : []
  for (const isNamed of [true, false]) {
    const some = [...groups].filter(([key]) => (typeof key === 'string') === isNamed).map(([, group]) => group)
    if (some.length === 0) continue
    const parts = some.map(group => newPart(group[0]!.part, group[0]!.input, relation, scopes))
    const data = parts.map(part => part.data)
    const report = await writeParts(store, shape, {
      parts,
      absent: 'create',
      scopes,
      rows,
      own: async rows =>
        await namingParts(parts, async () =>
          isNamed
            ? await store.upsert(target, data, { on: unique!, update, onDuplicate: 'error', expected: null, rows })
            : await store.create(target, data, { rows })
        )
    })
    const written = report.rows as readonly Row[]
    refuseOthers(store, relation, parts, written, scopeFields)
    // Another writer was faster: what was to be made is a row that nobody has asked about.
    if (isNamed && report.created < parts.length) throw new AppearedRows()
    some.forEach((group, position) => {
      const key = written[position]![id.name]
      for (const { input } of group) made.set(input, key)
    })
  }
}

/**
 * A lookup value that is unique beyond the scope may be held by a row of another one: that row is neither named nor
 * written.
 */
function refuseOthers (
  store: ModelStore,
  { target, lookup }: Relation,
  parts: readonly Part[],
  rows: readonly Row[],
  scopeFields: readonly string[]
): void {
  const fields = scopeFields.map(name => target.ownField(name))
  const itemErrors = new ItemErrors()
  parts.forEach(({ index, path, data }, position) => {
    const isOwn = fields.every(
      field => store.keyText(field, rows[position]![field.name]) === store.keyText(field, data[field.name])
    )
    if (!isOwn) {
      itemErrors.add('unique_violation', index, `${path}.${lookup!.name}`, {
        model: target.name,
        fields: lookup!.name
      })
    }
  })
  itemErrors.throwIfAny()
}

/** Writes nested data into the rows that they name; of those that name one row the last one counts. */
async function updateRows (
  store: ModelStore,
  { target, shape, id, scope }: Relation,
  wishes: readonly Wish[],
  scopes: Scopes,
  writeParts: WriteParts
): Promise<void> {
  const last = new Map(wishes.map(wish => [store.keyText(id, wish.input.id), wish]))
  const unique = lookupUnique(target, id, scope)!
  const parts = [...last.values()].map(({ part, input }) => ({
    ...nestedPart(part, input),
    where: selectorBy(unique, { [id.name]: input.id }),
    version: input.item!.version
  }))
  if (parts.length === 0) return
  await updateParts(store, shape, parts, scopes, writeParts)
}
