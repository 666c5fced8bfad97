import type { Features } from '../../lib/model/meta.js'
import type { Model } from '../../lib/model/registry.js'
import { callOf, type Call, type Suite } from './query/calls.js'
import { accessorOf } from './query/delegates.js'
import { deleteMany, deleteOne } from './write/deletion.js'
import { fluentHandler } from './query/fluent.js'
import type { Input } from './query/input.js'
import { reachOf } from './query/reach.js'
import { runWrite, type WriteParts } from './write/run-write.js'
import { updateVersioned } from './write/versioned.js'

type Method = (this: unknown, args?: Input) => unknown

/** The methods of each model, by the property that a client has for it. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, Method>>>>

const reads = [
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy'
]

/** Methods that promise one row, of which its relations can be asked. */
const ofOneRow: ReadonlySet<string> = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'create',
  'update',
  'upsert',
  'delete'
])

/** What becomes of the arguments of Prisma's writing methods. */
const writes: Readonly<Record<string, WriteParts>> = {
  create: { data: 'created' },
  createMany: { data: 'createdRows' },
  createManyAndReturn: { data: 'createdRows' },
  update: { where: 'where', data: 'updated' },
  updateMany: { where: 'where', data: 'updated' },
  updateManyAndReturn: { where: 'where', data: 'updated' },
  upsert: { where: 'where', create: 'created', update: 'updated' }
}

/**
 * Methods that stand before Prisma's own on models whose features, or whose relations' features, have a say in them.
 * Each rewrites its arguments when it is called and hands them on, so that what comes back is still Prisma's promise:
 * for `$transaction([…])`, for relations that are asked of it, and run in the transaction of the client it was called
 * on.
 */
export function overridesOf (suite: Suite): Overrides {
  const { registry } = suite
  const overrides: Record<string, Readonly<Record<string, Method>>> = {}
  for (const model of registry.models) {
    const reached = [model, ...reachOf(registry, model)]
    const has = (...names: readonly (keyof Features)[]): boolean =>
      reached.some(({ meta }) => names.some(name => meta.features[name] !== undefined))
    const methods = {
      ...(has('softDelete') ? readMethods(suite, model) : {}),
      ...(has('audit', 'softDelete', 'version', 'slug', 'currentUser') ? writeMethods(suite, model) : {}),
      ...(model.meta.features.version === undefined
        ? {}
        : { updateVersioned: overriding(suite, model, 'updateVersioned', updateVersioned) })
    }
    if (Object.keys(methods).length > 0) overrides[accessorOf(model)] = methods
  }
  return overrides
}

/** Methods that take the argument `deleted`. */
export function takesDeleted (method: string): boolean {
  return method === 'updateVersioned' || reads.includes(method) || writes[method]?.['where'] !== undefined
}

function readMethods (suite: Suite, model: Model): Record<string, Method> {
  return Object.fromEntries(
    reads.map(method => [
      method,
      overriding(suite, model, method, call => call.prisma[method]!(call.seen.args(model, call.args)))
    ])
  )
}

function writeMethods (suite: Suite, model: Model): Record<string, Method> {
  const methods = Object.entries(writes).map(
    ([method, parts]) => [method, overriding(suite, model, method, call => runWrite(call, method, parts))] as const
  )
  return {
    ...Object.fromEntries(methods),
    delete: overriding(suite, model, 'delete', deleteOne),
    deleteMany: overriding(suite, model, 'deleteMany', deleteMany)
  }
}

function overriding (suite: Suite, model: Model, method: string, run: (call: Call) => unknown): Method {
  if (!ofOneRow.has(method) || !suite.visibility.exclude.leadsToDeleted(model)) {
    return function (this: unknown, args?: Input) {
      return run(callOf(suite, model, this, args))
    }
  }
  const handlers = new Map(
    Object.values(suite.visibility).map(seen => [seen, fluentHandler(suite.registry, model, seen)])
  )
  return function (this: unknown, args?: Input) {
    const call = callOf(suite, model, this, args)
    const promised = run(call) as object
    // A promise that is none of Prisma's has no relations to ask for.
    return promised instanceof Promise ? promised : new Proxy(promised, handlers.get(call.seen)!)
  }
}
