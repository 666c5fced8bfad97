import { ItemErrors } from '../../store/core/item-errors.js'
import type { Row } from '../../store/read/find.js'
import type { ModelStore } from '../../store/model-store.js'
import type { FieldMeta } from '../../model/meta.js'
import { requiredFields } from '../shape/item-mode.js'
import type { ReadItem, RelatedInput } from '../shape/read-item.js'
import { placeIn, type Part } from './part.js'
import type { Relation } from '../shape/item-shape.js'
import type { Scopes } from '../../scope/scopes.js'

/** What is to become of the related rows of one part: of children, or of links. */
export interface ListPlan {
  readonly relation: Relation
  readonly part: Part
  /** Position of the part among those that are written. */
  readonly position: number
  /** Children that are to be made. */
  readonly created: readonly RelatedInput[]
  /** Children that are written, and their keys. */
  readonly updated: readonly { readonly input: RelatedInput; readonly id: unknown }[]
  /** Rows that become related, by what names them. */
  readonly added: readonly RelatedInput[]
  /** Keys of related rows that are let go. */
  readonly removed: readonly unknown[]
}

/** True where related rows change, or which ones they are. */
export function isChange ({ created, updated, added, removed }: ListPlan): boolean {
  return [created, updated, added, removed].some(list => list.length > 0)
}

/**
 * Compares what items list with what is there, before anything is written. Children that an item names by a key must be
 * its row's own.
 */
export async function planLists (
  store: ModelStore,
  lists: readonly Relation[],
  parts: readonly Part[],
  owners: readonly (Row | null)[],
  scopes: Scopes
): Promise<readonly ListPlan[]> {
  const itemErrors = new ItemErrors()
  const plans: ListPlan[] = []
  for (const relation of lists) {
    const { target, key, link, anchor } = relation
    const wishes = parts.flatMap((part, position) =>
      part.related.filter(one => one.relation === relation).map(({ rows }) => ({ part, position, rows }))
    )
    const known = wishes.filter(({ position }) => owners[position] !== null)
    const keys = known.map(({ position }) => owners[position]![anchor.name])
    const compared = comparedFields(
      relation,
      wishes.flatMap(({ rows }) => rows)
    )
    // Related rows outside of the scope are not there: they are neither shown, written nor let go.
    const options = { rows: { fields: compared, form: 'prisma' }, filter: scopes.of(relation.scope).visible } as const
    const found = known.length === 0 ? [] : await store.related(target, link ?? key!, keys, options)
    const rowsOf = new Map(known.map((wish, i) => [wish, found[i]!]))
    for (const wish of wishes) {
      const { part, position, rows } = wish
      plans.push({
        relation,
        part,
        position,
        ...planOf(store, relation, part, rows, rowsOf.get(wish) ?? [], owners[position] === null, itemErrors)
      })
    }
  }
  itemErrors.throwIfAny()
  return plans
}

type Changes = Pick<ListPlan, 'created' | 'updated' | 'added' | 'removed'>

function planOf (
  store: ModelStore,
  relation: Relation,
  { index, path }: Part,
  rows: readonly RelatedInput[],
  present: readonly Row[],
  isNew: boolean,
  itemErrors: ItemErrors
): Changes {
  const { target, id, key, shape, mode, kind } = relation
  const place = (input: RelatedInput): string => placeIn(path, input.path)
  const textOf = (value: unknown): string => store.keyText(id, value)!
  const own = new Map(present.map(row => [textOf(row[id.name]), row]))
  const named = new Set<string>()
  const [created, added]: [RelatedInput[], RelatedInput[]] = [[], []]
  const updated: { input: RelatedInput; id: unknown }[] = []
  for (const input of rows) {
    const isChild = kind === 'children' && input.item !== null
    const value = isChild ? input.item!.key[id.name] : input.id
    const text = value === undefined ? undefined : textOf(value)
    if (text !== undefined && named.has(text)) {
      // To name a link twice means nothing else than to name it once.
      if (isChild) {
        itemErrors.add('invalid_value', index, `${place(input)}.${id.name}`, {
          problem: 'The list names this row twice'
        })
      }
      continue
    }
    if (text !== undefined) named.add(text)
    if (!isChild) {
      if (text === undefined || !own.has(text)) added.push(input)
    } else if (text !== undefined && own.has(text)) {
      if (differs(store, relation, input.item!, own.get(text)!)) updated.push({ input, id: value })
    } else if (text === undefined || isNew || shape.writable.has(id.name)) {
      const lacking =
        text === undefined
          ? []
          : requiredFields(shape, 'create').filter(
            name => name !== key?.name && name !== id.name && !Object.hasOwn(input.item!.data, name)
          )
      for (const name of lacking) itemErrors.add('required', index, `${place(input)}.${name}`)
      created.push(input)
    } else {
      itemErrors.add('object_not_found', index, `${place(input)}.${id.name}`, {
        model: target.name,
        key: id.name,
        value: String(value)
      })
    }
  }
  const removed = mode === 'append' ? [] : [...own].filter(([text]) => !named.has(text)).map(([, row]) => row[id.name])
  return { created, updated, added, removed }
}

/** The fields of children that items name, to see whether they change. */
function comparedFields ({ kind, id, shape }: Relation, rows: readonly RelatedInput[]): readonly FieldMeta[] {
  const named =
    kind === 'children'
      ? new Set(rows.flatMap(({ item }) => (item === null ? [] : Object.keys(item.data))))
      : new Set<string>()
  return [...new Set([id, ...[...named].map(name => shape.model.ownField(name))])]
}

/**
 * True where a child would change, or where that cannot be told: it has relations of its own, or a version to check.
 */
function differs (store: ModelStore, { shape }: Relation, { data, related, version }: ReadItem, row: Row): boolean {
  return (
    related.length > 0 ||
    version !== undefined ||
    Object.keys(data).some(name => {
      const [field, wanted, present] = [shape.model.ownField(name), data[name], row[name]]
      if (wanted === present) return false
      // Texts that compare as equal may still be written differently.
      const text = field.type === 'String' ? null : store.keyText(field, wanted)
      return text === null || text !== store.keyText(field, present)
    })
  )
}
