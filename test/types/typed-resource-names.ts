import { count, idToData, resourcesOf } from 'fastify-prisma-commons'
import type { Prisma } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { resources } from './typed-resources.js'

const codec = { expected: 'a text', read: (value: unknown) => value, show: (value: unknown) => value }

// Each of these names is wrong. One statement each: an error of one option must not hide that of another.
export function core () {
  // @ts-expect-error an unknown model
  resources.define('Nope', {})
  // @ts-expect-error the model of the client, not its property
  resources.define('contract', {})
  // @ts-expect-error an unknown option
  resources.define('Contract', { limit: 10 })
  // @ts-expect-error the model is the first argument
  resources.define('Contract', { model: 'Tag' })
  // @ts-expect-error an unknown field
  resources.define('Contract', { fields: ['zzz'] })
  // @ts-expect-error a relation is not a field
  resources.define('Contract', { fields: ['customer'] })
  // @ts-expect-error a computed value that nothing declares
  resources.define('Contract', { fields: ['tagCount'] })
  // @ts-expect-error another computed value is declared
  resources.define('Contract', { fields: ['tagcount'], computed: { tagCount: count('tags') } })
  // @ts-expect-error the model has no identity
  resources.define('Contract', { fields: ['fullName'] })
  // @ts-expect-error the identity has no such value
  resources.define('Employee', { fields: ['fullname'] })
  // @ts-expect-error without the type of the metadata features are unknown
  resourcesOf<Prisma.TypeMap>(metadata).define('Employee', { fields: ['fullName'] })
  // @ts-expect-error an unknown field
  resources.define('Contract', { readOnly: ['zzz'] })
  // @ts-expect-error every field is no field
  resources.define('Contract', { readOnly: ['*'] })
  // @ts-expect-error an unknown relation
  resources.define('Contract', { relations: { client: idToData() } })
  // @ts-expect-error a field is not a relation
  resources.define('Contract', { relations: { customerId: idToData() } })
  // @ts-expect-error not a relation definition
  resources.define('Contract', { relations: { customer: 'id' } })
  // @ts-expect-error not a computed value
  resources.define('Contract', { computed: { tagCount: 1 } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { codecs: { zzz: codec } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { scope: { tenantId: () => 1 } })
}

export function list () {
  // @ts-expect-error an unknown field
  resources.define('Contract', { list: { filters: ['zzz'] } })
  // @ts-expect-error an unknown field of a related row
  resources.define('Contract', { list: { filters: ['customer.zzz'] } })
  // @ts-expect-error a relation without a field
  resources.define('Contract', { list: { filters: ['customer'] } })
  // @ts-expect-error an unknown relation
  resources.define('Contract', { list: { filters: ['client.name'] } })
  // @ts-expect-error filters have no direction
  resources.define('Contract', { list: { filters: ['-id'] } })
  // @ts-expect-error features are not computed by the database
  resources.define('Employee', { list: { filters: ['fullName'] } })
  // @ts-expect-error a number is not text
  resources.define('Contract', { list: { search: ['year'] } })
  // @ts-expect-error an enum is not text
  resources.define('Contract', { list: { search: ['status'] } })
  // @ts-expect-error a list of texts is not text
  resources.define('Article', { list: { search: ['tags'] } })
  // @ts-expect-error an enum of a related row
  resources.define('Contract', { list: { search: ['createdBy.role'] } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { list: { ordering: ['zzz'] } })
  // @ts-expect-error a name to order by stands for both directions
  resources.define('Contract', { list: { ordering: ['-id'] } })
  // @ts-expect-error a relation to several rows
  resources.define('Contract', { list: { ordering: ['tags.name'] } })
  // @ts-expect-error a computed value that nothing declares
  resources.define('Contract', { list: { ordering: ['tagCount'] } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { list: { orderings: { newest: ['-created'] } } })
  // @ts-expect-error an order that nothing declares
  resources.define('Contract', { list: { defaultOrdering: ['-newest'] } })
  // @ts-expect-error a relation to several rows
  resources.define('Contract', { list: { defaultOrdering: ['-tags.name'] } })
  // @ts-expect-error an unknown option
  resources.define('Contract', { list: { filter: ['id'] } })
}

export function files () {
  // @ts-expect-error an unknown field
  resources.define('Contract', { bulk: { uniqueFields: ['contractNumber', 'yaer'] } })
  // @ts-expect-error the name of the constraint is not a field
  resources.define('Contract', { bulk: { uniqueFields: ['contractNumber_year'] } })
  // @ts-expect-error an unknown column
  resources.define('Contract', { export: { include: ['zzz'] } })
  // @ts-expect-error an unknown field of a related row
  resources.define('Contract', { export: { include: ['customer.zzz'] } })
  // @ts-expect-error a column of a name of its own has to say how it is computed
  resources.define('Contract', { export: { fields: { 'customer.nam': { label: 'Customer' } } } })
  // @ts-expect-error an unknown option of a column
  resources.define('Contract', { export: { fields: { note: { title: 'Note' } } } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { import: { fields: ['zzz'] } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { import: { fields: { zzz: 'Z' } } })
  // @ts-expect-error a field is not a relation
  resources.define('Contract', { import: { foreignKeys: { customerId: { lookup: 'code' } } } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { import: { uniqueFields: ['number'] } })
  // @ts-expect-error an unknown model
  resources.define('Contract', { import: { models: { one: { model: 'Nope' } } } })
}

export function rules () {
  // @ts-expect-error an unknown action
  resources.define('Contract', { before: { creat () {} } })
  resources.define('Contract', {
    // @ts-expect-error an unknown field of the data
    validate: ({ data }) => data?.zzz
  })
  resources.define('Contract', {
    // @ts-expect-error a row has decimals of Prisma's class
    validate: ({ current }) => (current!.amount < '1' ? 'low' : current!.amount.toUpperCase())
  })
  resources.define('Contract', {
    // @ts-expect-error a row may be new
    authorize: (_request, _action, items) => items.every(({ current }) => current.year > 2000)
  })
  resources.define('Contract', {
    before: {
      create ({ items }) {
        // @ts-expect-error a year is a number
        items[0]!.data!.year = '2026'
      }
    }
  })
  resources.define('Contract', {
    // @ts-expect-error an unknown relation
    validate: ({ related }) => related.client?.current?.name
  })
  resources.define('Contract', {
    // @ts-expect-error several related rows
    validate: ({ related }) => related.tags?.current?.name
  })
  resources.define('Contract', {
    after: {
      list ({ rows }) {
        // @ts-expect-error an unknown field of a row
        rows[0]!.zzz?.toString()
      }
    }
  })
}
