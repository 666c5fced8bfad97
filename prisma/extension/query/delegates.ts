import { Prisma } from '@prisma/client/extension'
import type { Model } from '../../../lib/model/registry.js'
import type { ClientLike } from '../../binding/client-like.js'
import type { Input } from './input.js'

/** The methods of one model, by structure. */
export type Delegate = Readonly<Record<string, (args?: Input) => PromiseLike<unknown>>>

/** The client below the extension, bound to the transaction that the call was made in. */
export type Below = ClientLike & Readonly<Record<string, unknown>>

/** The client below, from within a method that the extension has put on a model. */
export function below (self: unknown): Below {
  return (Prisma.getExtensionContext(self) as unknown as { readonly $parent: Below }).$parent
}

/** Prisma's own methods of a model. */
export function delegateOf (client: Below, model: Model): Delegate {
  return client[accessorOf(model)] as Delegate
}

const accessors = new WeakMap<Model, string>()

/** The property that a client has for a model: `lineItem` for `LineItem`. */
export function accessorOf (model: Model): string {
  const known = accessors.get(model)
  if (known !== undefined) return known
  const accessor = `${model.name.charAt(0).toLowerCase()}${model.name.slice(1)}`
  accessors.set(model, accessor)
  return accessor
}
