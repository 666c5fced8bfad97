import type { DeletedRows } from '../../lib/model/meta.js'
import type { Input } from './query/input.js'
import { takesDeleted, type Overrides } from './overrides.js'

type Methods = Readonly<Record<string | symbol, unknown>>

/**
 * The same client, whose calls see soft-deleted rows: each goes out with the argument `deleted`, unless
 * it has one of its own. Transactions that are begun on it see them too.
 */
export function withDeleted<Client extends object> (client: Client, overrides: Overrides, rows: DeletedRows): Client {
  return new Proxy(client, {
    get (target, property) {
      const value: unknown = Reflect.get(target, property)
      if (property === '$transaction') {
        return transaction(target, value as Transaction, inner => withDeleted(inner, overrides, rows))
      }
      if (typeof property === 'string' && Object.hasOwn(overrides, property)) {
        return modelWithDeleted(value as Methods, overrides[property]!, rows)
      }
      return value
    }
  })
}

function modelWithDeleted (model: Methods, overridden: Overrides[string], rows: DeletedRows): Methods {
  return new Proxy(model, {
    get (target, method) {
      const value = target[method]
      if (
        typeof value !== 'function' ||
        typeof method !== 'string' ||
        !Object.hasOwn(overridden, method) ||
        !takesDeleted(method)
      ) {
        return value
      }
      return (args: Input = {}): unknown => Reflect.apply(value, target, [{ deleted: rows, ...args }])
    }
  })
}

type Transaction = (work: unknown, options?: unknown) => unknown

function transaction (client: object, begin: Transaction, wrap: (inner: object) => object): Transaction {
  return (work, options) =>
    Reflect.apply(begin, client, [
      typeof work === 'function' ? (inner: object): unknown => Reflect.apply(work, undefined, [wrap(inner)]) : work,
      options
    ])
}
