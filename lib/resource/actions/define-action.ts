import type { DeletedRows } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { checkOptions, check, type OptionTable } from '../../options.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { Row } from '../../store/read/find.js'
import type { StoreClient } from '../../store/session.js'
import { capital } from '../../text/capital.js'
import type { RowAction, RowActionCall, SelectedItem } from '../definition/row-action.js'

/** What the function of an action gets beside the row. */
export interface ActionContext {
  /** Null for calls of the server itself. */
  readonly request: ResourceRequest | null
  readonly action: string
  /** The Prisma client, bound to the transaction of the action. */
  readonly client: StoreClient
}

/** An action of your own. */
export interface ActionOptions {
  /** In camel case, e.g. `bulkArchive`: for `authorize`, `request.action` and OpenAPI. */
  readonly name: string
  /** What messages say was done, e.g. `archived`. */
  readonly participle: string
  /** Of the summary in OpenAPI, e.g. `Archive`. Default: from the name, without `bulk`. */
  readonly verb?: string
  /** Below the collection. Default: the name in kebab case, e.g. `/bulk-archive`. */
  readonly url?: string
  /** Whether ids may name soft-deleted rows: `exclude`, `include` or `only`. Default: `exclude`. */
  readonly deleted?: DeletedRows
  /**
   * Gives the fields to write into a row, which is locked; null leaves it as it is. The values are not checked as those
   * of a client are, so that it may write read-only fields. The request fails when it throws, and when it names an
   * unknown field or one of the primary key.
   *
   * @param row the stored row, with values as Prisma gives them
   */
  readonly set: (
    row: Row,
    context: ActionContext
  ) => Readonly<Record<string, unknown>> | null | Promise<Readonly<Record<string, unknown>> | null>
}

const optionTable: OptionTable<ActionOptions> = {
  name: {
    expected: 'a name in camel case, e.g. "bulkArchive"',
    required: true,
    accepts: value => typeof value === 'string' && /^[a-z][a-zA-Z0-9]*$/.test(value)
  },
  participle: check.required(check.string),
  verb: check.string,
  url: {
    expected: 'a path of one segment, e.g. "/bulk-archive"',
    accepts: value => typeof value === 'string' && /^\/[a-z0-9-]+$/.test(value)
  },
  deleted: check.oneOf('exclude', 'include', 'only'),
  set: check.required(check.function)
}

/**
 * Declares an action of your own on the rows of a collection, named by their ids as those of `bulkDelete` are:
 * `POST /bulk-archive [1, 2]`. The scope, `authorize`, `If-Match`, dry run, partial success and idempotency hold as for
 * every write; versions, update stamps and audit are kept. `app.bulk.of(resource).run(action, ids)` runs it without
 * HTTP.
 *
 * @throws TypeError for options that do not exist or are not valid
 *
 * @example
 * const archive = defineAction({
 *   name: 'bulkArchive',
 *   participle: 'archived',
 *   set: row => (row.status === 'ARCHIVED' ? null : { status: 'ARCHIVED' })
 * })
 * defineResource({ model: 'Contract', actions: [...presets.bulk, archive] })
 */
export function defineAction (options: ActionOptions): RowAction {
  checkOptions('defineAction', options, optionTable)
  const { name, participle, deleted = 'exclude' } = options
  const url = options.url ?? `/${kebabCase(name)}`
  return {
    name,
    method: 'POST',
    urls: () => [url],
    verb: options.verb ?? verbOf(name),
    participle,
    description: `${capital(participle)}, those that existed`,
    deleted,
    needsRows: true,
    counts: ({ updated, unchanged }) => ({ updated, unchanged }),
    write: async (items, call) => {
      const { store, model, report } = call
      const updates = await Promise.all(items.map(async item => await updateOf(options, item, call)))
      return await store.update(model, updates, { mode: 'sparse', unmatched: 'report', deleted, ...report })
    }
  }
}

async function updateOf (
  { name, set }: ActionOptions,
  { where, current }: SelectedItem,
  { store, model, action, request }: RowActionCall
): Promise<{ readonly where: Readonly<Record<string, unknown>>; readonly data: Record<string, unknown> }> {
  const data = await set(current!, { request, action, client: store.client })
  checkNames(name, model, data)
  return { where: where!, data: { ...data } }
}

/** A wrong name is a fault of the server: as an error of the item it would show the client fields that are hidden. */
function checkNames (action: string, model: Model, data: Readonly<Record<string, unknown>> | null): void {
  for (const field of Object.keys(data ?? {})) {
    if (model.field(field) === undefined) {
      throw new TypeError(`defineAction "${action}": set returned "${field}", which is not a field of ${model.name}`)
    }
    if (model.keyFields.includes(field)) {
      throw new TypeError(`defineAction "${action}": set returned the key field "${field}" of ${model.name}`)
    }
  }
}

function kebabCase (name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/** `bulkMarkPaid` → `Mark paid` */
function verbOf (name: string): string {
  return capital(
    kebabCase(name)
      .replaceAll('-', ' ')
      .replace(/^bulk /, '')
  )
}
