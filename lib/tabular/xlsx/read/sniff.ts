import { open } from 'node:fs/promises'
import { CommonsError } from '../../../errors.js'
import type { FileLimits } from '../../table/limits.js'
import { unreadable, unsupported } from './unreadable.js'

const zip = Buffer.from('PK\x03\x04')
/** What Office wrote before 2007, and what it puts files with a password into. */
const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex')

/** Refuses files that are too large or, by their first bytes, no workbooks, whatever their name says. */
export async function refuseOtherFiles (path: string, limits: FileLimits): Promise<void> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size > limits.fileSize) throw new CommonsError('file_too_large', { params: { limit: limits.fileSize } })
    if (size === 0) throw unreadable('it is empty')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    const start = buffer.subarray(0, bytesRead)
    if (start.equals(compound)) throw unsupported('an old .xls workbook or an encrypted one; save it as .xlsx')
    if (!start.subarray(0, 4).equals(zip)) throw unsupported('this is no XLSX workbook')
  } finally {
    await file.close()
  }
}
