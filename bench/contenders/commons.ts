import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import type { Contender, Outcome } from '../contender.js'
import type { ContractChange, ContractInput } from '../data.js'
import { createPool } from '../database.js'

/** The part of the extended client that is measured. */
interface BulkContracts {
  bulkUpsert: (args: { data: readonly ContractInput[], on: 'contractNumber_year', select?: Select }) => Promise<Report>
  bulkCreate: (args: { data: readonly ContractInput[], select?: Select }) => Promise<Report>
  bulkUpdate: (args: { data: readonly { where: { id: number }, data: Omit<ContractChange, 'id'> }[], select?: Select }) => Promise<Report>
  bulkDelete: (args: { where: readonly { id: number }[] }) => Promise<Report>
}

type Select = { readonly [field: string]: true }

interface Report {
  readonly count: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rows?: readonly { readonly contractNumber: string }[]
}

const select: Select = Object.fromEntries([
  'id', 'contractNumber', 'year', 'externalRef', 'amount', 'status', 'note', 'customerId', 'version',
  'createdAt', 'updatedAt', 'createdById', 'updatedById'
].map(field => [field, true]))

/** This package: Prisma with its extension. */
export async function commonsContender (url: string): Promise<Contender> {
  const pool = createPool(url)
  const prisma = await extended(new PrismaClient({ adapter: new PrismaPg(pool) }))
  const { contract } = prisma
  const changes = (items: readonly ContractChange[]) => items.map(({ id, ...data }) => ({ where: { id }, data }))
  const split = ({ count, created, updated, unchanged, rows }: Report): Outcome =>
    ({ count, created, updated, unchanged, ...(rows ? { rows } : {}) })

  return {
    methods: {
      upsert: [{
        name: 'commons, bulkUpsert',
        run: async data => split(await contract.bulkUpsert({ data, on: 'contractNumber_year' }))
      }],
      upsertRows: [{
        name: 'commons, bulkUpsert with select',
        run: async data => split(await contract.bulkUpsert({ data, on: 'contractNumber_year', select }))
      }],
      create: [{ name: 'commons, bulkCreate', run: data => contract.bulkCreate({ data }) }],
      createRows: [{ name: 'commons, bulkCreate with select', run: data => contract.bulkCreate({ data, select }) }],
      update: [{ name: 'commons, bulkUpdate', run: items => contract.bulkUpdate({ data: changes(items) }) }],
      updateRows: [{ name: 'commons, bulkUpdate with select', run: items => contract.bulkUpdate({ data: changes(items), select }) }],
      delete: [{ name: 'commons, bulkDelete', run: ids => contract.bulkDelete({ where: ids.map(id => ({ id })) }) }]
    },
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    }
  }
}

/** Both modules are named at run time, so that the other contenders can be measured in a build without them. */
async function extended (client: PrismaClient): Promise<{ contract: BulkContracts, $disconnect: () => Promise<void> }> {
  const extension: string = 'fastify-prisma-commons/extension'
  const generated: string = '../../prisma/generated/metadata.js'
  const { commons } = await import(extension) as { commons: (options: { metadata: unknown }) => never }
  const { metadata } = await import(generated) as { metadata: unknown }
  return client.$extends(commons({ metadata })) as never
}
