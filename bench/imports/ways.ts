import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import Fastify from 'fastify'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { defineResource, importPlugin } from '../../plugins/import.js'
import { prismaPlugin } from '../../plugins/prisma.js'
import { runAs } from '../../lib/actor.js'
import { commons } from '../../prisma/index.js'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createPool } from '../database.js'

/** A way to import a file of contracts with an upsert on number and year. */
export interface ImportWay {
  readonly name: string
  readonly run: (path: string) => Promise<void>
  readonly close: () => Promise<void>
}

const columns = 'contract_number, year, external_ref, amount, status, note, customer_id, updated_at'

/** The server parses: COPY into a temporary table, and from there into the table. */
export function copyWay (url: string): ImportWay {
  const pool = createPool(url)
  return {
    name: 'COPY, then INSERT … SELECT',
    run: async path => {
      const client = await pool.connect()
      try {
        await client.query('begin')
        await client.query(
          'create temp table incoming (contract_number text, year int, external_ref text, amount numeric(12, 2), ' +
            'status contract_status, note text, customer text) on commit drop'
        )
        await pipeline(
          createReadStream(path),
          client.query(copyFrom('copy incoming from stdin with (format csv, header true)'))
        )
        await client.query(`insert into contracts (${columns})
          select contract_number, year, external_ref, amount, status, note, c.id, now() from incoming i left join customers c on c.code = i.customer
          on conflict (contract_number, year) do update set external_ref = excluded.external_ref, amount = excluded.amount, status = excluded.status,
            note = excluded.note, customer_id = excluded.customer_id, updated_at = excluded.updated_at, version = contracts.version + 1`)
        await client.query('commit')
        client.release()
      } catch (error) {
        client.release(true)
        throw error
      }
    },
    close: async () => {
      await pool.end()
    }
  }
}

/** What one writes first: a row is read, checked, its customer looked up, and it is upserted. */
export function loopWay (url: string): ImportWay {
  const { prisma, close } = client(createPool(url))
  return {
    name: 'csv-parse, Prisma upserts',
    run: async path => {
      for await (const row of createReadStream(path).pipe(parse({ columns: true })) as AsyncIterable<
        Record<string, string>
      >) {
        const customer =
          row['customer'] === ''
            ? null
            : await prisma.customer.findUniqueOrThrow({ where: { code: row['customer']! } })
        const key = { contractNumber: row['contractNumber']!, year: Number(row['year']) }
        const data = {
          externalRef: row['externalRef'] || null,
          amount: row['amount']!,
          status: row['status'] as 'draft',
          note: row['note'] || null,
          customerId: customer?.id ?? null
        }
        await prisma.contract.upsert({
          where: { contractNumber_year: key },
          create: { ...key, ...data },
          update: data
        })
      }
    },
    close
  }
}

/** @param name of what is read */
export async function commonsWay (url: string, name = 'commons'): Promise<ImportWay> {
  const { prisma, close } = client(createPool(url))
  const app = Fastify()
  const resource = defineResource({
    model: 'Contract',
    import: {
      foreignKeys: { customer: { lookup: 'code' } },
      uniqueFields: ['contractNumber', 'year'],
      limits: { fileSize: 2 ** 30, rows: 10_000_000, seconds: 3600 }
    }
  })
  await app.register(prismaPlugin, {
    client: prisma.$extends(commons({ metadata })),
    connect: false,
    disconnect: false,
    requireCurrentUser: false
  })
  await app.register(importPlugin, { prefix: '/contracts', resource })
  await app.ready()
  return {
    name,
    run: async path => {
      const { report, failedRows } = await runAs(null, async () => await app.import.of(resource).run(path))
      if (report.failed > 0) throw new Error(JSON.stringify(failedRows[0]))
    },
    close: async () => {
      await app.close()
      await close()
    }
  }
}

function client (pool: pg.Pool): { prisma: PrismaClient; close: () => Promise<void> } {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    prisma,
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    }
  }
}
