import { commons } from 'fastify-prisma-commons/extension'
import type { CommonsOptions, Metadata } from 'fastify-prisma-commons/extension'
import { getDMMF } from '@prisma/get-dmmf'
import type { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata as generated } from '../../prisma/generated/metadata.js'
import type { Computed, Extended, Untold, Widened } from './clients.js'
import type { Equal, Expect, Flat } from './expect.js'

const row = { contractNumber: 'A-1', year: 2026, amount: '9.50' }

/** The methods take part in transactions, whatever else the client is extended with. */
export async function transactions (extended: Extended, computed: Computed) {
  await extended.$transaction(async tx => {
    const { rows } = await tx.contract.bulkCreate({ data: [row], select: { id: true } })
    await tx.contract.bulkDelete({ where: rows })
    // @ts-expect-error as strict as outside
    await tx.contract.bulkUpsert({ data: [row], on: 'note' })
    return rows
  })
  await computed.$transaction(async tx => await tx.token.bulkUpsert({ data: [{ email: 'a@b.c' }], on: 'liveEmail' }))
}

/** Computed fields of a later extension can be selected; `true` stands for the columns. */
export async function computedFields ({ contract, customer }: Computed) {
  const labels = await contract.bulkUpsert({
    data: [row],
    on: 'contractNumber_year',
    select: { id: true, label: true }
  })
  const columns = await contract.bulkCreate({ data: [row], select: true })
  // @ts-expect-error the field of another model
  await customer.bulkCreate({ data: [{ code: 'c', name: 'n' }], select: { label: true } })
  // @ts-expect-error a computed field cannot be written
  await contract.bulkCreate({ data: [{ ...row, label: 'A-1/2026' }] })
  // @ts-expect-error rows that are gone are not computed any more
  await contract.bulkDelete({ where: [{ id: 1 }], select: { label: true } })
  return { labels: labels.rows, columns: columns.rows }
}

type Selected = Awaited<ReturnType<typeof computedFields>>

export type ComputedRows = [
  Expect<Equal<Flat<Selected['labels'][number]>, { id: number; label: `${string}/${number}` }>>,
  Expect<Equal<Extract<keyof Selected['columns'][number], 'label'>, never>>
]

/** Without literal metadata the sets are those that Prisma knows, and whether a row has a version shows at run time. */
export async function unknownFeatures (untold: Untold, widened: Widened) {
  for (const client of [untold, widened]) {
    const { rows } = await client.contract.bulkUpsert({ data: [row], on: 'contractNumber_year', select: { id: true } })
    await client.contract.bulkUpdate({ data: rows.map(where => ({ where, data: { note: 'n' }, version: 1 })) })
    // @ts-expect-error not a unique constraint
    await client.contract.bulkUpsert({ data: [row], on: 'note' })
    // @ts-expect-error a partial set is known from the generated metadata alone
    await client.token.bulkUpsert({ data: [{ email: 'a@b.c' }], on: 'liveEmail' })
    // @ts-expect-error an unknown column
    await client.contract.bulkCreate({ data: [{ ...row, colour: 'red' }] })
  }
}

/** Options, and the other sources of metadata. */
export function options (client: PrismaClient, metadata: Metadata) {
  const document = getDMMF({ datamodel: '' })
  if ('datamodel' in document) {
    client.$extends(commons({ metadata: document }))
    client.$extends(commons({ metadata: document.datamodel }))
  }
  client.$extends(
    commons({ metadata, chunkRows: 5000, transaction: { maxWait: 1000, timeout: 5000 }, clock: () => new Date() })
  )
  client.$extends(
    commons({
      metadata: generated,
      slugs: { Article: { slug: ({ title, published }) => (published === true ? title?.trim() : null) } }
    })
  )
  // @ts-expect-error a model without slugs
  commons({ metadata: generated, slugs: { Tag: { slug: () => '' } } })
  // @ts-expect-error a field that is no slug
  commons({ metadata: generated, slugs: { Article: { title: () => '' } } })
  // @ts-expect-error a field that the model does not have
  commons({ metadata: generated, slugs: { Article: { slug: ({ name }) => name } } })
  // @ts-expect-error an unknown option
  commons({ chunkSize: 5000 })
  // @ts-expect-error no description of models
  commons({ metadata: {} })
  // @ts-expect-error milliseconds are a number
  commons({ transaction: { timeout: '5s' } })
}

export type OptionNames = Expect<
  Equal<
    keyof CommonsOptions<Metadata>,
    'metadata' | 'chunkRows' | 'retryTimeout' | 'transaction' | 'clock' | 'actorContext' | 'slugs'
  >
>
