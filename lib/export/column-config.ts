import { isRow } from '../store/core/columns.js'
import { isWellFormed } from '../values/json-value.js'
import { bodyPlace, type Place } from '../resource/list/place.js'
import { didYouMean } from '../suggest.js'
import type { TableColumn } from '../tabular/table/table.js'
import type { ExportColumn } from './columns.js'
import { exportLimits } from './limits.js'

type Looks = Pick<ExportColumn, 'label' | 'align' | 'width' | 'canBeCommon'>

/** Reads one member of the configuration of a column. */
type ReadLook = (value: unknown, place: Place, column: ExportColumn) => Partial<Looks>

const alignments = ['left', 'center', 'right'] as const satisfies readonly TableColumn['align'][]

const looks: { readonly [member: string]: ReadLook } = {
  label (value, place) {
    if (typeof value !== 'string' || value.trim() === '' || !isWellFormed(value)) {
      throw place.invalid('must be a text that is not empty')
    }
    if (value.length > exportLimits.textLength) {
      throw place.invalid(`has more than ${exportLimits.textLength} characters`)
    }
    return { label: value }
  },
  align (value, place) {
    const align = alignments.find(one => one === value)
    if (align === undefined) throw place.invalid(`must be one of ${alignments.join(', ')}`)
    return { align }
  },
  width (value, place) {
    if (typeof value === 'number' && value > 0 && value <= exportLimits.width) return { width: value }
    throw place.invalid(`must be a number of characters from 1 to ${exportLimits.width}`)
  },
  can_be_common (value, place, { cell }) {
    if (typeof value !== 'boolean') throw place.invalid('must be true or false')
    if (value && cell === null) {
      throw place.invalid(
        'may not be true: the database cannot tell of this column whether all of its values are the same'
      )
    }
    return { canBeCommon: value }
  }
}

/** Columns as a request wants them to look: `{ amount: { label: 'Total', align: 'left' } }`. */
export function configuredColumns (columns: readonly ExportColumn[], config: unknown): readonly ExportColumn[] {
  if (!isRow(config)) throw bodyPlace(['column_config']).invalid('must be an object of columns')
  const names = columns.map(({ name }) => name)
  const unknown = Object.keys(config).find(name => !names.includes(name))
  if (unknown !== undefined) {
    throw bodyPlace(['column_config', unknown]).unknown(`The file has no such column. ${didYouMean(unknown, names)}`)
  }
  return columns.map(column =>
    Object.hasOwn(config, column.name) ? { ...column, ...looksOf(column, config[column.name]) } : column
  )
}

function looksOf (column: ExportColumn, value: unknown): Partial<Looks> {
  const path = ['column_config', column.name]
  if (!isRow(value)) throw bodyPlace(path).invalid('must be an object')
  return Object.assign(
    {},
    ...Object.entries(value).map(([member, one]) => {
      const place = bodyPlace([...path, member])
      if (!Object.hasOwn(looks, member)) throw place.unknown(didYouMean(member, Object.keys(looks)))
      return looks[member]!(one, place, column)
    })
  ) as Partial<Looks>
}
