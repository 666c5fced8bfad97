import type { Decimal } from '@prisma/client/runtime/client'
import { count, idToData, resourcesOf, type ResourceDefinition } from 'fastify-prisma-commons'
import type { Prisma } from '../../prisma/generated/client/client.js'
import { metadata, type CommonsMetadata } from '../../prisma/generated/metadata.js'
import type { Equal, Expect } from './expect.js'

export const resources = resourcesOf<Prisma.TypeMap, CommonsMetadata>(metadata)

export const contracts: ResourceDefinition = resources.define('Contract', {
  fields: ['*', 'tagCount'],
  readOnly: ['status', 'customer'],
  relations: { customer: idToData() },
  computed: { tagCount: count('tags') },
  codecs: { note: { expected: 'a text', read: value => value, show: value => value } },
  scope: { createdById: request => request.currentUser?.id },
  list: {
    filters: ['*', 'customer.code', 'customer.createdBy.role', 'tags.slug', 'tagCount'],
    search: ['note', 'customer.name', 'customer.createdBy.name'],
    ordering: ['id', 'customer.code', 'tagCount', 'newest'],
    orderings: { newest: ['-createdAt', 'id', '-tagCount'] },
    defaultOrdering: ['-newest', 'customer.name', '-tagCount']
  },
  bulk: { uniqueFields: ['contractNumber', 'year'], maxItems: 10 },
  export: {
    fields: {
      'customer.name': { label: 'Customer' },
      tagCount: { width: 5 },
      double: { value: row => row['amount'] }
    },
    include: ['contractNumber', 'customer.name', 'customer', 'tagCount', 'double']
  },
  import: {
    fields: { contractNumber: 'Number', year: { transform: Number }, customer: { lookup: 'code' } },
    foreignKeys: { customer: { lookup: 'code' } },
    uniqueFields: ['contractNumber', 'year']
  }
})

/** A model alone is enough, and names of features belong to their models. */
export const others: readonly ResourceDefinition[] = [
  resources.define('Tag'),
  resources.define('Employee', {
    fields: ['id', 'fullName', 'age', 'hasCoordinates'],
    export: { include: ['fullName', 'department.name'] }
  }),
  resources.define('Product', { import: { fields: ['sku', 'cost', 'vendor'] } }),
  resources.define('Product', { import: { models: { vendor: { model: 'Vendor', fields: ['code'] } } } })
]

export const hooked = resources.define('Article', {
  computed: { commentCount: count('comments') },
  authorize: (request, _action, items) => request.currentUser !== null && items.every(isPublished),
  validate ({ data, related }) {
    const comments: readonly (string | undefined)[] | undefined = related.comments?.map(item => item.current?.body)
    const role: 'member' | 'admin' | undefined = related.author?.[0]?.current?.role
    return data?.title === '' ? { title: `must not be empty: ${role} ${comments?.join()}` } : undefined
  },
  before: {
    create ({ items }) {
      for (const { data } of items) data!.title = data!.title!.trim()
    }
  },
  after: {
    list ({ rows }) {
      const titles: (string | undefined)[] = rows.map(row => row.title)
      const counts: unknown[] = rows.map(row => row.commentCount)
      return Promise.all([titles, counts]).then(() => {})
    }
  }
})

function isPublished ({ current }: { readonly current: { readonly published: boolean } | null }): boolean {
  return current?.published === true
}

resources.define('Specimen', {
  validate ({ data, current }) {
    return types(data!, current!)
  }
})

type Item = Parameters<NonNullable<NonNullable<Parameters<typeof resources.define<'Specimen'>>[1]>['validate']>>[0]
type Row = NonNullable<Item['current']>
type Data = NonNullable<Item['data']>

function types (data: Data, row: Row): string {
  return [data.id, row.id].join()
}

export type ValueTypes = [
  Expect<Equal<Row['id'], string>>,
  Expect<Equal<Row['big'], bigint | null>>,
  Expect<Equal<Row['decimal'], Decimal | null>>,
  Expect<Equal<Row['date'], Date | null>>,
  Expect<Equal<Row['color'], 'RED' | 'GREEN' | 'BLUE' | null>>,
  Expect<Equal<Row['ints'], number[]>>,
  Expect<Equal<Data['int'], number | null | undefined>>,
  Expect<Equal<Data['big'], bigint | number | string | null | undefined>>,
  Expect<Equal<Data['decimal'], Decimal | number | string | null | undefined>>,
  Expect<Equal<Data['date'], Date | string | null | undefined>>,
  Expect<Equal<Data['color'], 'RED' | 'GREEN' | 'BLUE' | null | undefined>>,
  Expect<Equal<Data['json'], unknown>>,
  Expect<Equal<Data['moments'], (Date | string)[] | undefined>>
]
