import type { Cell, CellKind, TableColumn, TablePages } from '../../../../lib/tabular/table/table.js'

export type Rows = readonly (readonly Cell[])[]

export async function * pagesOf (rows: Rows, size = 50): TablePages {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
}

export function column (label: string, kind: CellKind = 'text', more: Partial<TableColumn> = {}): TableColumn {
  return { name: label, label, kind, ...more }
}

export const two = { title: 'Two', columns: [column('Id', 'number'), column('Name')] }
