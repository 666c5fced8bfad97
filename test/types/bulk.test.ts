import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import type { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'

/** Compiled, never run: a wrong type fails the build, and so does a right one where an error is expected. */
async function calls (plain: PrismaClient): Promise<void> {
  const prisma = plain.$extends(commons({ metadata }))

  const counts = await prisma.contract.bulkCreate({ data: [{ contractNumber: 'a', year: 1, amount: '1.5' }] })
  const created: number = counts.created
  // @ts-expect-error rows come with select only
  counts.rows.at(0)
  // @ts-expect-error amount is required
  await prisma.contract.bulkCreate({ data: [{ contractNumber: 'a', year: 1 }] })
  await prisma.contract.bulkCreate({
    // @ts-expect-error a relation is written by its key
    data: [{ contractNumber: 'a', year: 1, amount: 1, customer: { connect: { id: 1 } } }]
  })

  const all = await prisma.contract.bulkUpsert({
    data: [{ contractNumber: 'a', year: 1, amount: 1 }],
    on: 'contractNumber_year',
    update: ['amount'],
    select: true
  })
  const amount: string = all.rows[0]!.amount.toFixed()
  // @ts-expect-error an unknown field of update
  await prisma.contract.bulkUpsert({ data: [], on: 'contractNumber_year', update: ['amounts'] })
  // @ts-expect-error no unique constraint
  await prisma.contract.bulkUpsert({ data: [], on: 'amount' })
  // @ts-expect-error the key of the row is missing
  await prisma.token.bulkUpsert({ data: [{ label: 'x' }], on: 'liveEmail' })
  await prisma.token.bulkUpsert({ data: [{ email: 'x' }], on: 'liveEmail' })
  await prisma.contract.bulkUpsert({
    // @ts-expect-error externalRef may be null in a row, not as its key
    data: [{ contractNumber: 'a', year: 1, amount: 1, externalRef: null }],
    on: 'externalRef'
  })

  const nested = await prisma.category.bulkUpdate({
    data: [{ where: { name: 'a' }, data: { parentId: null } }],
    select: { id: false, children: { select: { name: true }, orderBy: [{ name: 'asc' }] } }
  })
  const name: string = nested.rows[0]!.children[0]!.name
  // @ts-expect-error not selected
  nested.rows[0]!.id.toFixed()
  // @ts-expect-error an unknown field
  await prisma.category.bulkUpdate({ data: [], select: { nope: true } })
  // @ts-expect-error a value that no order has
  await prisma.category.bulkUpdate({ data: [], select: { children: { orderBy: { name: 'up' } } } })
  // @ts-expect-error a selector names one unique constraint
  await prisma.category.bulkUpdate({ data: [{ where: { parentId: 1 }, data: {} }] })

  await prisma.contract.bulkUpdate({
    data: [{ where: { contractNumber_year: { contractNumber: 'a', year: 1 } }, data: { note: null }, version: 3 }]
  })
  // @ts-expect-error a model without versions
  await prisma.tag.bulkUpdate({ data: [{ where: { id: 1 }, data: {}, version: 3 }] })
  // @ts-expect-error a replaced row names all that it must have
  await prisma.tag.bulkReplace({ data: [{ where: { id: 1 }, data: { name: 'x' } }] })

  const { missing } = await prisma.membership.bulkDelete({ where: [{ orgUser: { org: 'a', userId: 1 } }] })
  // @ts-expect-error half of a key
  await prisma.membership.bulkDelete({ where: [{ orgUser: { org: 'a' } }] })

  await prisma.$transaction(async tx => {
    const inner: { title: string }[] = (
      await tx.membership.bulkCreate({ data: [{ org: 'a', userId: 1 }], select: { title: true } })
    ).rows
    t.ok(inner)
  })
  t.ok([created, amount, name, missing])
}

t.type(calls, 'function')
