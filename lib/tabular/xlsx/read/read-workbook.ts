import { posix } from 'node:path'
import type { FileLimits } from '../../table/limits.js'
import { overLimit, unreadable } from './unreadable.js'
import { readXml, type XmlHandler } from './read-xml.js'
import type { ZipParts } from './zip-parts.js'

/** Bytes of a part that is kept as a whole. */
const largestPart = 2 ** 24

/** A sheet of cells. */
export interface WorkbookSheet {
  readonly name: string
  readonly isVisible: boolean
  /** The name of its part. */
  readonly part: string
}

/** Where the parts of a workbook are that its cells need. */
export interface WorkbookParts {
  /** In the order that programs show. */
  readonly sheets: readonly WorkbookSheet[]
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
  const { listed, from1904 } = await sheetsOf(parts, path, limits)
  const byId = new Map(relations.map(relation => [relation.id, relation]))
  const sheets = listed.flatMap(({ id, name, isVisible }): readonly WorkbookSheet[] => {
    const relation = byId.get(id)
    // Sheets that are charts have another type.
    return relation?.type === 'worksheet' ? [{ name, isVisible, part: relation.target }] : []
  })
  // Some programs name parts that they have not written, for lack of anything to say in them.
  const target = (wanted: string): string | undefined =>
    relations.find(({ type, target }) => type === wanted && parts.has(target))?.target
  return { sheets, sharedStrings: target('sharedStrings'), styles: target('styles'), from1904 }
}

/** How many items a part may list, and what an error calls them. */
export interface ItemLimit {
  readonly most: number
  readonly unit: string
}

/** All that a small part says. */
export async function readPart<Item> (
  parts: ZipParts,
  path: string,
  limits: FileLimits,
  { most, unit }: ItemLimit,
  handlerOf: (emit: (item: Item) => void) => XmlHandler
): Promise<Item[]> {
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
  return await readPart<Relation>(
    parts,
    posix.join(folder, '_rels', `${posix.basename(path)}.rels`),
    limits,
    limit,
    emit => ({
      elements: ['Relationships/Relationship'],
      open (_, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
        if (mode !== 'External') emit({ id, type: posix.basename(type), target: partName(folder, target.trim()) })
      }
    })
  )
}

function partName (folder: string, target: string): string {
  return target.startsWith('/') ? posix.normalize(target.slice(1)) : posix.join(folder, target)
}

interface ListedSheet {
  readonly id: string
  readonly name: string
  readonly isVisible: boolean
}

const propertiesPath = 'workbook/workbookPr'
const sheetPath = 'workbook/sheets/sheet'
/** Of the attributes that refer to other parts, in transitional and in strict files. */
const relationNamespace = /\/officeDocument\/(?:2006\/)?relationships$/

async function sheetsOf (
  parts: ZipParts,
  path: string,
  limits: FileLimits
): Promise<{ readonly listed: readonly ListedSheet[]; readonly from1904: boolean }> {
  let from1904 = false
  const listed = await readPart<ListedSheet>(parts, path, limits, { most: limits.entries, unit: 'sheets' }, emit => ({
    elements: [propertiesPath, sheetPath],
    open (path, attributes, namespaces) {
      if (path === propertiesPath) {
        from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
        return
      }
      const id = Object.keys(attributes).find(
        key => key.endsWith(':id') && relationNamespace.test(namespaces.of(key.slice(0, -3)) ?? '')
      )
      const { name = '', state = '' } = attributes
      if (id !== undefined) {
        emit({ id: attributes[id]!, name, isVisible: state !== 'hidden' && state !== 'veryHidden' })
      }
    }
  }))
  return { listed, from1904 }
}
