import type { BulkCounts, ConflictItem, MissingItem } from 'fastify-prisma-commons/extension'
import type { Prisma } from '../../prisma/generated/client/client.js'
import type { ContractModel } from '../../prisma/generated/client/models.js'
import type { Extended } from './clients.js'
import type { Equal, Expect, Flat } from './expect.js'

declare const prisma: Extended
const row = { contractNumber: 'A-1', year: 2026, amount: '9.50' }

export async function rows ({ contract, article, specimen, membership, comment }: Extended) {
  await contract.bulkCreate({ data: [row, { ...row, status: 'active', note: null, customerId: 1 }] })
  await contract.bulkCreate({ data: [row] as const, skipDuplicates: true })
  await article.bulkCreate({
    data: [{ title: 't', slug: 's', content: 'c', tags: ['a'], metadata: { a: [1, null] } }]
  })
  await specimen.bulkCreate({
    data: [{ code: 'c', big: 1n, bytes: new Uint8Array([1]), moments: [new Date()], colors: ['RED'] }]
  })
  await membership.bulkCreate({ data: [{ org: 'o', userId: 1 }] })

  // Slugs are generated.
  await article.bulkCreate({
    data: [
      { title: 't', content: 'c' },
      { title: 't', content: 'c', slug: null },
      { title: 't', content: 'c', slug: 's' }
    ]
  })

  // @ts-expect-error a list is taken, not a row
  await contract.bulkCreate({ data: row })
  // @ts-expect-error what a slug is made from is required as ever
  await article.bulkCreate({ data: [{ content: 'c' }] })
  // @ts-expect-error an unknown option
  await contract.bulkCreate({ data: [row], skipDuplicate: true })
  // @ts-expect-error an unknown column
  await contract.bulkCreate({ data: [{ ...row, colour: 'red' }] })
  // @ts-expect-error a relation in place of its key
  await contract.bulkCreate({ data: [{ ...row, customer: { connect: { id: 1 } } }] })
  // @ts-expect-error a required column is missing
  await contract.bulkCreate({ data: [{ contractNumber: 'A-1', year: 2026 }] })
  // @ts-expect-error a value of another type
  await contract.bulkCreate({ data: [{ ...row, year: '2026' }] })
  // @ts-expect-error a value that the enum does not have
  await contract.bulkCreate({ data: [{ ...row, status: 'signed' }] })
  // @ts-expect-error null in a required column
  await contract.bulkCreate({ data: [{ ...row, amount: null }] })
  // @ts-expect-error an element of another type
  await specimen.bulkCreate({ data: [{ code: 'c', ints: ['1'] }] })
  // @ts-expect-error a required key of a relation is missing
  await comment.bulkCreate({ data: [{ body: 'b', rating: 1 }] })
}

export async function upserts ({ contract, token, user, membership, category, document, article }: Extended) {
  await document.bulkUpsert({ data: [{ code: 'c', title: 't' }], on: 'code' })
  // @ts-expect-error a slug that rows are found by is required
  await article.bulkUpsert({ data: [{ title: 't', content: 'c' }], on: 'slug' })
  await contract.bulkUpsert({ data: [row], on: 'contractNumber_year' })
  await contract.bulkUpsert({
    data: [{ ...row, externalRef: 'r' }],
    on: 'externalRef',
    update: ['note', 'amount'],
    onDuplicate: 'last'
  })
  await contract.bulkUpsert({ data: [{ ...row, id: 1 }], on: 'id' })
  await membership.bulkUpsert({ data: [{ org: 'o', userId: 1 }], on: 'orgUser' })
  await category.bulkUpsert({ data: [{ name: 'n' }], on: 'name' })
  // A unique constraint that holds for some rows only, of which Prisma does not know.
  await token.bulkUpsert({ data: [{ email: 'a@b.c' }], on: 'liveEmail' })

  // @ts-expect-error not a name of the model
  await contract.bulkUpsert({ data: [row], on: 'nothing' })
  // @ts-expect-error a column that is not unique
  await contract.bulkUpsert({ data: [row], on: 'note' })
  // @ts-expect-error one column of a set
  await contract.bulkUpsert({ data: [row], on: 'contractNumber' })
  // @ts-expect-error the column of a partial set, which is named otherwise
  await token.bulkUpsert({ data: [{ email: 'a@b.c' }], on: 'email' })
  // @ts-expect-error the partial set of another model
  await user.bulkUpsert({ data: [{ name: 'n' }], on: 'liveEmail' })
  // @ts-expect-error the row has no value of the set
  await contract.bulkUpsert({ data: [row], on: 'externalRef' })
  // @ts-expect-error null is no value to find a row by
  await contract.bulkUpsert({ data: [{ ...row, externalRef: null }], on: 'externalRef' })
  // @ts-expect-error the row has no value of the partial set
  await token.bulkUpsert({ data: [{ label: 'l' }], on: 'liveEmail' })
  // @ts-expect-error an unknown column
  await contract.bulkUpsert({ data: [{ ...row, colour: 'red' }], on: 'contractNumber_year' })
  // @ts-expect-error a relation has no column to update
  await contract.bulkUpsert({ data: [row], on: 'contractNumber_year', update: ['customer'] })
  // @ts-expect-error one of three words
  await contract.bulkUpsert({ data: [row], on: 'contractNumber_year', onDuplicate: 'newest' })
  // @ts-expect-error which rows exist cannot be told
  await contract.bulkUpsert({ data: [row] })
}

export async function updates ({ contract, customer, membership, article }: Extended) {
  await contract.bulkUpdate({
    data: [
      { where: { id: 1 }, data: { note: null }, version: 3 },
      { where: { id: 2 }, data: {} }
    ]
  })
  await contract.bulkUpdate({
    data: [{ where: { contractNumber_year: { contractNumber: 'A-1', year: 2026 } }, data: { amount: 5 } }]
  })
  await membership.bulkUpdate({ data: [{ where: { orgUser: { org: 'o', userId: 1 } }, data: { title: 't' } }] })
  await article.bulkReplace({
    data: [{ where: { slug: 's' }, data: { title: 't', slug: 's', content: 'c' }, version: 1 }]
  })

  // @ts-expect-error no unique constraint of that name
  await contract.bulkUpdate({ data: [{ where: { note: 'n' }, data: {} }] })
  // @ts-expect-error the fields of a compound set stand below its name
  await contract.bulkUpdate({ data: [{ where: { contractNumber: 'A-1', year: 2026 }, data: {} }] })
  // @ts-expect-error half a compound set
  await contract.bulkUpdate({ data: [{ where: { contractNumber_year: { contractNumber: 'A-1' } }, data: {} }] })
  // @ts-expect-error a row is selected by one set
  await contract.bulkUpdate({ data: [{ where: { id: 1, externalRef: 'r' }, data: {} }] })
  // @ts-expect-error conditions are no part of a selector
  await contract.bulkUpdate({ data: [{ where: { id: 1, status: 'draft' }, data: {} }] })
  // @ts-expect-error a key of another type
  await contract.bulkUpdate({ data: [{ where: { id: '1' }, data: {} }] })
  // @ts-expect-error an unknown column
  await contract.bulkUpdate({ data: [{ where: { id: 1 }, data: { colour: 'red' } }] })
  // @ts-expect-error values are set, not computed
  await contract.bulkUpdate({ data: [{ where: { id: 1 }, data: { year: { increment: 1 } } }] })
  // @ts-expect-error the model has no version
  await customer.bulkUpdate({ data: [{ where: { id: 1 }, data: {}, version: 1 }] })
  // @ts-expect-error neither in a replacement
  await customer.bulkReplace({ data: [{ where: { id: 1 }, data: { code: 'c', name: 'n' }, version: 1 }] })
  // @ts-expect-error a version is a number
  await contract.bulkUpdate({ data: [{ where: { id: 1 }, data: {}, version: '1' }] })
  // @ts-expect-error a replacement names all that is required
  await contract.bulkReplace({ data: [{ where: { id: 1 }, data: { year: 2026 } }] })
}

export async function deletes ({ contract, membership }: Extended) {
  await contract.bulkDelete({ where: [{ id: 1 }, { id: 2 }], select: { id: true, note: true } })
  await membership.bulkDelete({ where: [{ orgUser: { org: 'o', userId: 1 } }] })

  // @ts-expect-error no unique constraint of that name
  await contract.bulkDelete({ where: [{ note: 'n' }] })
  // @ts-expect-error a list is taken, not a condition
  await contract.bulkDelete({ where: { id: 1 } })
  // @ts-expect-error rows that are gone have no relations any more
  await contract.bulkDelete({ where: [{ id: 1 }], select: { customer: true } })
  // @ts-expect-error an unknown option
  await contract.bulkDelete({ where: [{ id: 1 }], data: [] })
}

export async function selections ({ contract }: Extended) {
  // @ts-expect-error an unknown field
  await contract.bulkCreate({ data: [row], select: { id: true, colour: true } })
  // @ts-expect-error an unknown field of a relation
  await contract.bulkCreate({ data: [row], select: { customer: { select: { colour: true } } } })
  // @ts-expect-error an unknown field in a condition
  await contract.bulkCreate({ data: [row], select: { tags: { where: { colour: 'red' } } } })
  // @ts-expect-error false selects nothing
  await contract.bulkCreate({ data: [row], select: false })
  // @ts-expect-error include has no meaning here
  await contract.bulkCreate({ data: [row], include: { customer: true } })
  const counts = await contract.bulkCreate({ data: [row] })
  // @ts-expect-error without select there are counts only
  return counts.rows
}

export const nothing = () => prisma.contract.bulkCreate({ data: [row] })
export const id = () => prisma.contract.bulkCreate({ data: [row], select: { id: true } })
export const every = () => prisma.contract.bulkUpsert({ data: [row], on: 'contractNumber_year', select: true })
export const related = () =>
  prisma.contract.bulkUpdate({
    data: [{ where: { id: 1 }, data: {} }],
    select: {
      amount: true,
      customer: { select: { name: true } },
      tags: { select: { slug: true } },
      _count: { select: { tags: true } }
    }
  })
export const gone = () => prisma.contract.bulkDelete({ where: [{ id: 1 }], select: { id: true, customerId: true } })
export const unselected = () => prisma.contract.bulkCreate({ data: [row], select: { id: true, note: false } })
export const nested = () =>
  prisma.contract.bulkReplace({
    data: [{ where: { id: 1 }, data: row }],
    select: {
      tags: { where: { id: { in: [1, 2] } }, orderBy: [{ name: 'asc' }, { id: 'desc' }], select: { id: true } }
    }
  })

type Answer<Call extends () => Promise<object>> = Awaited<ReturnType<Call>>
type RowOf<Call extends () => Promise<{ readonly rows: object[] }>> = Flat<Answer<Call>['rows'][number]>

export type Results = [
  Expect<Equal<Answer<typeof nothing>, BulkCounts>>,
  Expect<
    Equal<
      Flat<BulkCounts>,
      {
        readonly count: number
        readonly created: number
        readonly updated: number
        readonly unchanged: number
        readonly deleted: number
        readonly missing: readonly MissingItem[]
        readonly conflicts: readonly ConflictItem[]
      }
    >
  >,
  Expect<Equal<RowOf<typeof id>, { id: number }>>,
  Expect<Equal<RowOf<typeof every>, Flat<ContractModel>>>,
  Expect<
    Equal<
      RowOf<typeof related>,
      {
        amount: Prisma.Decimal
        customer: { name: string } | null
        tags: Array<{ slug: string }>
        _count: { tags: number }
      }
    >
  >,
  Expect<Equal<RowOf<typeof gone>, { id: number; customerId: number | null }>>,
  Expect<Equal<RowOf<typeof unselected>, { id: number }>>,
  Expect<Equal<RowOf<typeof nested>, { tags: Array<{ id: number }> }>>,
  Expect<Equal<Exclude<keyof Answer<typeof id>, keyof BulkCounts>, 'rows'>>
]
