import { posix } from 'node:path'
import type { FileLimits } from '../limits.js'
import { overLimit, unreadable } from './faults.js'
import { local, readXml, type XmlHandler } from './read-xml.js'
import type { ZipParts } from './zip-parts.js'

/** Bytes of a part that is kept as a whole. */
const largestPart = 2 ** 24

/** Where the parts of a workbook are that its first visible sheet needs. */
export interface WorkbookParts {
  readonly sheet: string
  readonly sharedStrings?: string | undefined
  readonly styles?: string | undefined
  /** Whether days are counted from 1904 on. */
  readonly from1904: boolean
}

interface Relation {
  readonly id: string
  /** The last step of its address, as transitional and strict files have other ones. */
  readonly type: string
  readonly target: string
}

/** Finds the parts of a workbook by what refers to them. */
export async function readWorkbook (parts: ZipParts, limits: FileLimits): Promise<WorkbookParts> {
  const root = parts.has('_rels/.rels') ? await relationsOf(parts, '', limits) : []
  const path = root.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (!parts.has(path) || !/\.xml$/i.test(path)) throw unreadable('it holds no workbook')
  const relations = await relationsOf(parts, path, limits)
  const { visible, from1904 } = await sheetsOf(parts, path, limits)
  // Sheets that are charts have another type.
  const byId = new Map(relations.map(relation => [relation.id, relation]))
  const sheet = visible.map(id => byId.get(id)).find(relation => relation?.type === 'worksheet')
  if (sheet === undefined) throw unreadable('it has no visible sheet')
  const target = (wanted: string): string | undefined => relations.find(({ type }) => type === wanted)?.target
  return { sheet: sheet.target, sharedStrings: target('sharedStrings'), styles: target('styles'), from1904 }
}

/** How many items a part may list, and what an error calls them. */
export interface ItemLimit {
  readonly most: number
  readonly unit: string
}

/** All that a small part says. */
export async function readPart<Item> (parts: ZipParts, path: string, limits: FileLimits, { most, unit }: ItemLimit, handlerOf: (emit: (item: Item) => void) => XmlHandler): Promise<Item[]> {
  const found: Item[] = []
  for await (const items of readXml(parts.read(path, largestPart), limits, handlerOf)) {
    found.push(...items)
    if (found.length > most) throw overLimit(most, unit)
  }
  return found
}

async function relationsOf (parts: ZipParts, path: string, limits: FileLimits): Promise<readonly Relation[]> {
  const folder = posix.dirname(path)
  // A workbook refers to its own parts only.
  const limit = { most: limits.entries, unit: 'relationships' }
  return await readPart<Relation>(parts, posix.join(folder, '_rels', `${posix.basename(path)}.rels`), limits, limit, emit => ({
    open (name, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
      if (name !== 'Relationship' || mode === 'External') return
      emit({ id, type: posix.basename(type), target: target.startsWith('/') ? posix.normalize(target.slice(1)) : posix.join(folder, target) })
    }
  }))
}

async function sheetsOf (parts: ZipParts, path: string, limits: FileLimits): Promise<{ readonly visible: readonly string[], readonly from1904: boolean }> {
  let from1904 = false
  const visible = await readPart<string>(parts, path, limits, { most: limits.entries, unit: 'sheets' }, emit => ({
    open (name, attributes, parent) {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
      if (name !== 'sheet' || parent !== 'sheets' || !['visible', undefined].includes(attributes['state'])) return
      const id = Object.keys(attributes).find(key => key !== 'id' && local(key) === 'id')
      if (id !== undefined) emit(attributes[id]!)
    }
  }))
  return { visible, from1904 }
}
