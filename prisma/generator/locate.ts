import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { SchemaProblem } from '../../lib/model/schema-problems.js'

export interface SchemaFile {
  /** Relative to the working folder, as a terminal shows it. */
  readonly path: string
  readonly text: string
}

/**
 * The schema's files as they are on disk. The text that Prisma passes to a generator is reformatted and glued together,
 * so its line numbers are of no use.
 */
export async function readSchemaFiles (schemaPath: string): Promise<SchemaFile[]> {
  const isFolder = (await stat(schemaPath)).isDirectory()
  const names = isFolder
    ? (await readdir(schemaPath, { recursive: true })).filter(name => name.endsWith('.prisma')).sort()
    : ['']
  return await Promise.all(
    names.map(async name => {
      const path = join(schemaPath, name)
      return { path: relative(process.cwd(), path), text: await readFile(path, 'utf8') }
    })
  )
}

/**
 * Where a problem's annotation stands, as `file:line`; the line of the model or field when the annotation is not found.
 */
export function locateProblem (problem: SchemaProblem, files: readonly SchemaFile[]): string | null {
  for (const { path, text } of files) {
    const lines = text.split('\n')
    const model = lines.findIndex(line => declares(line, ['model', 'view'], problem.model))
    if (model === -1) continue
    const owner = problem.field === null ? model : findField(lines, model, problem.field)
    return `${path}:${findAnnotation(lines, owner, problem.source) + 1}`
  }
  return null
}

function declares (line: string, keywords: readonly string[], name: string): boolean {
  const [keyword, declared] = line.trim().split(/[\s{]+/)
  return keywords.includes(keyword!) && declared === name
}

function findField (lines: readonly string[], model: number, field: string): number {
  for (let i = model + 1; i < lines.length && lines[i]!.trim() !== '}'; i++) {
    if (lines[i]!.trim().split(/\s+/)[0] === field) return i
  }
  return model
}

/** Searches the line itself (a comment may trail a field) and the comments right above it. */
function findAnnotation (lines: readonly string[], owner: number, source: string): number {
  for (let i = owner; i >= 0 && (i === owner || lines[i]!.trim().startsWith('//')); i--) {
    if (lines[i]!.includes('///') && lines[i]!.trimEnd().endsWith(source)) return i
  }
  return owner
}
