import type { ModelText } from './model-shape.js'

/** The `@map("…")` of a new field, where all fields of several words in its model have columns in snake case. */
export function columnMap (name: string, { declared, shape }: ModelText): string | undefined {
  const columns = new Set(shape.fields.map(field => field.name))
  const compound = declared.filter(field => columns.has(field.name) && snakeCase(field.name) !== field.name)
  const isMapped = compound.length > 0 && compound.every(field => field.attributes.includes(mapOf(field.name)))
  return isMapped && snakeCase(name) !== name ? mapOf(name) : undefined
}

function mapOf (name: string): string {
  return `@map("${snakeCase(name)}")`
}

function snakeCase (name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, letter => `_${letter}`).toLowerCase()
}
