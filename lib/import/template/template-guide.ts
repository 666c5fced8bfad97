import { namesOf } from '../../resource/definition/names.js'
import type { Resource } from '../../resource/definition/resource.js'
import type { Cell, TablePages } from '../../tabular/table/table.js'
import type { SheetColumn, WorkbookSheet } from '../../tabular/xlsx/write/workbook.js'
import type { ImportPlan } from '../plan/plan.js'
import type { TemplateColumn } from './template-columns.js'
import { exampleRows } from './template-examples.js'
import { ruledWords } from './template-kinds.js'
import type { ValueList } from './template-lists.js'

/** What a guide tells of a template. */
export interface GuideParts {
  readonly resource: Resource
  readonly plan: ImportPlan
  readonly columns: readonly TemplateColumn[]
  readonly lists: ReadonlyMap<TemplateColumn, ValueList>
  readonly examples: ReadonlyMap<TemplateColumn, readonly Cell[]>
}

/** The sheet that says how to fill in the other one: what its colours mean, and a row for each column. */
export function guideSheet ({ resource, plan, columns, lists, examples }: GuideParts): WorkbookSheet {
  const several = plan.steps.length > 1
  const heads: readonly (readonly [label: string, width: number])[] = [
    ['Column', 24],
    ...(several ? [['Belongs to', 20] as const] : []),
    ['Needed', 12],
    ['Value', 44],
    ['Allowed values', 44],
    ['Hint', 44],
    ...Array.from({ length: exampleRows }, (_, i) => [`Example ${i + 1}`, 24] as const)
  ]
  return {
    title: 'Guide',
    lines: [`How to fill in the sheet "${resource.plural}"`],
    facts: [
      { label: 'Red header', value: 'the cells below it must have a value' },
      { label: 'Green header', value: 'they may stay empty' },
      { label: 'Rows', value: 'the first one stays as it is; every one below it is imported' },
      ...(several
        ? [
            {
              label: 'Several records in a row',
              value:
                `a row may leave all cells of ${plan.steps.map(({ name }) => name).join(' or of ')} empty, ` +
                'the red ones too'
            }
          ]
        : [])
    ],
    columns: heads.map(([label, width]): SheetColumn => ({ name: label, label, kind: 'text', width })),
    rows: pagesOf(
      columns.map(column => [
        column.column.name,
        ...(several ? [[...new Set(column.uses.map(({ step }) => step.name))].join(', ')] : []),
        column.column.required ? 'required' : 'optional',
        valueOf(column),
        allowedOf(column, lists.get(column)),
        column.column.hint,
        ...examples.get(column)!
      ])
    )
  }
}

/** Rows as the one page that they are. */
export async function * pagesOf (rows: readonly (readonly Cell[])[]): TablePages {
  yield rows
}

function valueOf ({
  column: {
    of: { model, field, rule }
  },
  named,
  codec,
  isFree
}: TemplateColumn): string | null {
  if (named !== null) return `${named.field.name} of a row of ${namesOf(named.model.name).plural}`
  if (codec !== null) return codec.expected
  return isFree && field.type !== 'String' ? null : ruledWords(model, field, rule)
}

function allowedOf ({ named }: TemplateColumn, list: ValueList | undefined): string | null {
  if (named === null) return list === undefined ? null : list.values.join(', ')
  const there = list === undefined ? 'Rows that are there' : 'Rows that are there, see the list in the cells'
  switch (named.others) {
    case null:
      return there
    case 'created':
      return `${there}; others are made`
    case 'same':
      return `${there}, and rows of this file`
  }
}
