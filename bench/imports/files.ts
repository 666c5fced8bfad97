import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { csvWriter } from '../../lib/tabular/csv/write-csv.js'
import type { TableColumn, TablePages } from '../../lib/tabular/table/table.js'
import { xlsxWriter } from '../../lib/tabular/xlsx/write/xlsx-writer.js'
import { contracts, inChunks } from '../data.js'

const names = ['contractNumber', 'year', 'externalRef', 'amount', 'status', 'note', 'customer'] as const
const kinds: Readonly<Partial<Record<string, TableColumn['kind']>>> = { year: 'number', amount: 'number' }
const columns = names.map((name): TableColumn => ({ name, label: name, kind: kinds[name] ?? 'text' }))

/**
 * Writes contracts into a file, their customers by code. Numbers in CSV are guarded by nobody, so that COPY reads it
 * too.
 */
export async function writeContracts (path: string, rows: number, format: 'csv' | 'xlsx'): Promise<void> {
  const write = format === 'csv' ? csvWriter({ guard: false }) : xlsxWriter()
  await pipeline(Readable.from(write({ title: 'Contracts', columns }, pages(rows))), createWriteStream(path))
}

async function * pages (rows: number): TablePages {
  for (const page of inChunks(contracts(rows), 1000)) {
    yield page.map(one => [
      one.contractNumber,
      one.year,
      one.externalRef,
      one.amount,
      one.status,
      one.note,
      one.customerId === null ? null : `C-${one.customerId}`
    ])
  }
}
