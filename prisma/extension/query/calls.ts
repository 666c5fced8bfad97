import { CommonsError } from '../../../lib/errors.js'
import type { DeletedRows } from '../../../lib/model/meta.js'
import type { Model, Registry } from '../../../lib/model/registry.js'
import type { StoreConfig } from '../../binding/store.js'
import { below, delegateOf, type Below, type Delegate } from './delegates.js'
import type { Input } from './input.js'
import { Visibility } from './visible.js'

/** What the overrides of all models share. */
export interface Suite {
  readonly registry: Registry
  readonly config: StoreConfig
  readonly visibility: { readonly [rows in DeletedRows]: Visibility }
}

export function suiteOf (registry: Registry, config: StoreConfig): Suite {
  const visibility = {
    exclude: new Visibility(registry, 'exclude'),
    include: new Visibility(registry, 'include'),
    only: new Visibility(registry, 'only')
  }
  return { registry, config, visibility }
}

/** One call of an overridden method. */
export interface Call {
  readonly suite: Suite
  readonly model: Model
  readonly client: Below
  /** Prisma's own methods. */
  readonly prisma: Delegate
  /** The arguments, as Prisma takes them. */
  readonly args: Input
  readonly seen: Visibility
}

const none: Input = {}

/** Reads a call: the argument `deleted` is the extension's, all others are Prisma's. */
export function callOf (suite: Suite, model: Model, self: unknown, given: Input = none): Call {
  const client = below(self)
  const prisma = delegateOf(client, model)
  const { deleted } = given
  // Most calls have no such argument, and no need of a copy.
  if (deleted === undefined) return { suite, model, client, prisma, args: given, seen: suite.visibility.exclude }
  if (!isDeletedRows(deleted)) {
    throw new CommonsError('validation_failed', {
      message: `${model.name}: deleted takes "exclude", "include" or "only"`
    })
  }
  const { deleted: _deleted, ...args } = given
  return { suite, model, client, prisma, args, seen: suite.visibility[deleted] }
}

function isDeletedRows (value: unknown): value is DeletedRows {
  return value === 'exclude' || value === 'include' || value === 'only'
}
