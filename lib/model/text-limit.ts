import type { FieldMeta } from './meta.js'

/** The number of characters that a text field takes; undefined when it is not limited. */
export function textLimit ({ native }: Pick<FieldMeta, 'native'>): number | undefined {
  const [name, size] = native ?? []
  return (name === 'VarChar' || name === 'Char') && size !== undefined ? Number(size) : undefined
}
