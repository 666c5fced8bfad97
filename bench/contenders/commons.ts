import { PrismaPg } from '@prisma/adapter-pg'
import { commons } from 'fastify-prisma-commons/extension'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import type { Contender } from '../contender.js'
import type { ContractChange } from '../data.js'
import { createPool } from '../database.js'

/** This package: Prisma with its extension. */
export function commonsContender (url: string): Contender {
  const pool = createPool(url)
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) }).$extends(commons({ metadata }))
  const { contract } = prisma
  const changes = (items: readonly ContractChange[]) => items.map(({ id, ...data }) => ({ where: { id }, data }))

  return {
    methods: {
      upsert: [
        {
          name: 'commons, bulkUpsert',
          run: data => contract.bulkUpsert({ data: [...data], on: 'contractNumber_year' })
        }
      ],
      upsertRows: [
        {
          name: 'commons, bulkUpsert with select',
          run: data => contract.bulkUpsert({ data: [...data], on: 'contractNumber_year', select: true })
        }
      ],
      create: [{ name: 'commons, bulkCreate', run: data => contract.bulkCreate({ data: [...data] }) }],
      createRows: [
        {
          name: 'commons, bulkCreate with select',
          run: data => contract.bulkCreate({ data: [...data], select: true })
        }
      ],
      update: [{ name: 'commons, bulkUpdate', run: items => contract.bulkUpdate({ data: changes(items) }) }],
      updateRows: [
        {
          name: 'commons, bulkUpdate with select',
          run: items => contract.bulkUpdate({ data: changes(items), select: true })
        }
      ],
      delete: [{ name: 'commons, bulkDelete', run: ids => contract.bulkDelete({ where: ids.map(id => ({ id })) }) }]
    },
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    }
  }
}
