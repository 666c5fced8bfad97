import { columnLetters, fixedRange, maxRows } from '../reference.js'
import { dateSerial } from '../serial.js'
import type { CellRule, SheetColumn } from './workbook.js'
import { escapeAttribute, escapeText } from '../xml-text.js'

/**
 * The rules of columns, for all rows from `firstRow` on.
 *
 * @param nameOf gives the name of the sheet of a title
 */
export function rulesXml (
  columns: readonly SheetColumn[],
  firstRow: number,
  nameOf: (title: string) => string
): string {
  const rules = columns.flatMap(({ rule }, index) => {
    const letters = columnLetters(index)
    return rule === undefined ? [] : [ruleXml(rule, `${letters}${firstRow}:${letters}${maxRows}`, nameOf)]
  })
  return rules.length === 0 ? '' : `<dataValidations count="${rules.length}">${rules.join('')}</dataValidations>`
}

function ruleXml (rule: CellRule, cells: string, nameOf: (title: string) => string): string {
  const error = rule.error === undefined ? '' : ` error="${escapeAttribute(rule.error.slice(0, 255))}"`
  const strict = rule.type === 'list' && rule.isOpen === true ? '' : ' showErrorMessage="1"'
  const start = `<dataValidation type="${rule.type}" allowBlank="1"${strict}${error} sqref="${cells}">`
  // A list of values in the rule itself could hold no commas and 255 characters in all.
  const isList = rule.type === 'list'
  const formulas = isList ? [fixedRange(nameOf(rule.sheet), rule.column, 2, rule.column, rule.count + 1)] : bounds(rule)
  return (
    start +
    formulas.map((formula, index) => `<formula${index + 1}>${escapeText(formula)}</formula${index + 1}>`).join('') +
    '</dataValidation>'
  )
}

/** Both bounds, as the rules of spreadsheets want two. */
function bounds (rule: Exclude<CellRule, { readonly type: 'list' }>): string[] {
  if (rule.type === 'date') {
    return [String(dateSerial(rule.min) ?? 1), String(dateSerial(rule.max) ?? 2_958_465)]
  }
  const widest = { whole: 999_999_999_999_999, decimal: 9.99e307, textLength: 32_767 }[rule.type]
  return [String(rule.min ?? (rule.type === 'textLength' ? 0 : -widest)), String(rule.max ?? widest)]
}
