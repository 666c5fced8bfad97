import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { loopLimits, type Contender } from '../contender.js'
import type { ContractChange, ContractInput } from '../data.js'
import { createPool } from '../database.js'

/** Prisma as it comes: what an application does today. */
export function prismaContender (url: string): Contender {
  const pool = createPool(url)
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })

  const upsertEach = (items: readonly ContractInput[]) =>
    prisma.$transaction(
      items.map(item => {
        const { contractNumber, year, ...values } = item
        return prisma.contract.upsert({
          where: { contractNumber_year: { contractNumber, year } },
          create: item,
          update: { ...values, version: { increment: 1 } }
        })
      })
    )

  const updateEach = (items: readonly ContractChange[]) =>
    prisma.$transaction(
      items.map(({ id, ...data }) =>
        prisma.contract.updateMany({ where: { id }, data: { ...data, version: { increment: 1 } } })
      )
    )

  const updateEachRow = (items: readonly ContractChange[]) =>
    prisma.$transaction(
      items.map(({ id, ...data }) =>
        prisma.contract.update({ where: { id }, data: { ...data, version: { increment: 1 } } })
      )
    )

  return {
    methods: {
      // It reads every row back and cannot tell a created row from an updated one, nor leave an equal row alone.
      upsert: [
        {
          name: 'prisma, upsert each in a transaction',
          ...loopLimits,
          touchesUnchanged: true,
          run: async items => ({ count: (await upsertEach(items)).length })
        }
      ],
      upsertRows: [
        {
          name: 'prisma, upsert each in a transaction',
          ...loopLimits,
          touchesUnchanged: true,
          run: async items => {
            const rows = await upsertEach(items)
            return { count: rows.length, rows }
          }
        }
      ],
      create: [{ name: 'prisma, createMany', run: items => prisma.contract.createMany({ data: [...items] }) }],
      createRows: [
        {
          name: 'prisma, createManyAndReturn',
          upTo: 10_000,
          run: async items => {
            const rows = await prisma.contract.createManyAndReturn({ data: [...items] })
            return { count: rows.length, rows }
          }
        }
      ],
      update: [
        {
          name: 'prisma, updateMany each in a transaction',
          ...loopLimits,
          run: async items => ({ count: (await updateEach(items)).reduce((sum, { count }) => sum + count, 0) })
        }
      ],
      updateRows: [
        {
          name: 'prisma, update each in a transaction',
          ...loopLimits,
          run: async items => {
            const rows = await updateEachRow(items)
            return { count: rows.length, rows }
          }
        }
      ],
      delete: [
        { name: 'prisma, deleteMany', run: items => prisma.contract.deleteMany({ where: { id: { in: [...items] } } }) }
      ]
    },
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    }
  }
}
