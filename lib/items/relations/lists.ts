import type { Row } from '../../store/read/find.js'
import type { Link } from '../../store/read/related.js'
import type { ModelStore } from '../../store/model-store.js'
import { selectorBy } from '../shape/ids.js'
import { namingParts, nestedPart, newPart, placeIn, updateParts, type MadeRows, type WriteParts } from './part.js'
import type { ListPlan } from './plan.js'
import type { Relation } from '../shape/item-shape.js'
import type { Scopes } from '../../scope/scopes.js'

/** What the writing of lists needs beside its plans. */
export interface ListContext {
  /** The rows of the parts, all there by now. */
  readonly owners: readonly Row[]
  readonly made: MadeRows
  readonly scopes: Scopes
  readonly writeParts: WriteParts
}

/** Writes what was planned. */
export async function writeLists (store: ModelStore, plans: readonly ListPlan[], context: ListContext): Promise<void> {
  for (const relation of new Set(plans.map(plan => plan.relation))) {
    const own = plans.filter(plan => plan.relation === relation)
    if (relation.kind === 'links') await writeLinks(store, relation, own, context)
    else await writeChildren(store, relation, own, context)
  }
}

async function writeLinks (
  store: ModelStore,
  { link, anchor }: Relation,
  plans: readonly ListPlan[],
  { owners, made }: ListContext
): Promise<void> {
  const removed: Link[] = []
  const added: Link[] = []
  for (const plan of plans) {
    const owner = owners[plan.position]![anchor.name]
    for (const id of plan.removed) removed.push([owner, id])
    for (const input of plan.added) added.push([owner, input.id ?? made.get(input)])
  }
  await store.link(link!, removed, added)
}

/** Those that go make room for those that come, which may hold the same unique values. */
async function writeChildren (
  store: ModelStore,
  relation: Relation,
  plans: readonly ListPlan[],
  { owners, scopes, writeParts }: ListContext
): Promise<void> {
  const { target, shape, key, id, anchor, mode } = relation
  const selector = (value: unknown): Readonly<Record<string, unknown>> =>
    selectorBy(target.primaryKey, { [id.name]: value })
  const ownerOf = ({ position }: ListPlan): unknown => owners[position]![anchor.name]

  const gone = plans.flatMap(plan =>
    plan.removed.map(value => ({ value, index: plan.part.index, path: placeIn(plan.part.path, relation.name) }))
  )
  if (gone.length > 0) {
    await namingParts(gone, async () =>
      mode === 'sync'
        ? await store.delete(
          target,
          gone.map(({ value }) => selector(value)),
          { rows: null }
        )
        : await store.update(
          target,
          gone.map(({ value }) => ({ where: selector(value), data: { [key!.name]: null } })),
          { mode: 'sparse', unmatched: 'report', rows: null }
        )
    )
  }
  const changed = plans.flatMap(plan => [
    ...plan.updated.map(({ input, id }) => ({
      ...nestedPart(plan.part, input),
      where: selector(id),
      version: input.item!.version
    })),
    ...plan.added.map(input => ({
      index: plan.part.index,
      path: placeIn(plan.part.path, input.path),
      data: { [key!.name]: ownerOf(plan) },
      related: [],
      where: selector(input.id),
      version: undefined,
      current: null
    }))
  ])
  if (changed.length > 0) await updateParts(store, shape, changed, scopes, writeParts)

  const created = plans.flatMap(plan =>
    plan.created.map(input => {
      const part = newPart(plan.part, input, relation, scopes)
      const value = input.item!.key[id.name]
      if (value !== undefined && shape.writable.has(id.name)) part.data[id.name] = value
      part.data[key!.name] = ownerOf(plan)
      return part
    })
  )
  if (created.length === 0) return
  await writeParts(store, shape, {
    parts: created,
    absent: 'create',
    scopes,
    rows: null,
    own: async rows =>
      await namingParts(
        created,
        async () =>
          await store.create(
            target,
            created.map(({ data }) => data),
            { rows }
          )
      )
  })
}
