import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readPage, root, type Block, type Page } from './docs-pages.js'
import { createUserProject } from './installed-package.js'

/** A block of TypeScript in the project of a reader who has the schema of its page. */
export interface CodeFile {
  /** As `docs/import.md:12`. */
  readonly place: string
  readonly path: string
  /** Folders that stand for one: that of the block, and that of the files which all blocks of its schema import. */
  readonly rootDirs: readonly [own: string, shared: string]
}

/** Whose schema is the one of the repository; the page repeats its models. */
const samplePage = 'docs/sample-schema.md'
/** Whose named files all pages import. */
const quickStart = 'docs/quick-start.md'

/**
 * Makes projects of a reader: one folder for each schema, with the generated client, and in it a file for each block of
 * TypeScript. A block that begins with a comment of its file name, as `// prisma.ts`, is the file that others import.
 *
 * @param directory an empty folder inside this repository
 */
export async function createDocsProject (directory: string, pages: readonly Page[]): Promise<CodeFile[]> {
  await createUserProject(directory)
  const folders = new Map<string, Promise<string>>()
  const files: CodeFile[] = []
  for (const page of pages) {
    const blocks = page.blocks.filter(({ language }) => language === 'ts')
    if (blocks.length === 0) continue
    const source = schemaPageOf(page)
    const schema = source === samplePage ? source : schemaOf(readPage(source))!
    const index = folders.size
    if (!folders.has(schema)) folders.set(schema, makeFolder(join(directory, `schema-${index}`), schema))
    const shared = await folders.get(schema)!
    for (const block of blocks) {
      const own = join(directory, 'blocks', page.path.replaceAll(/\W/g, '-'), String(block.line))
      await mkdir(own, { recursive: true })
      for (const neighbour of blocks) {
        const name = fileNameOf(neighbour)
        if (name !== undefined) await writeFile(join(own, name), neighbour.text)
      }
      const path = join(own, fileNameOf(block) ?? 'code.ts')
      await writeFile(path, block.text)
      files.push({ place: `${page.path}:${block.line}`, path, rootDirs: [own, shared] })
    }
  }
  return files
}

/** The page whose schema the code of a page is for. */
export function schemaPageOf (page: Page): string {
  if (schemaOf(page) !== undefined) return page.path
  const [, target] =
    /^Examples on this page use the schema of \[[^\]]+\]\((?:docs\/)?([\w-]+\.md)(?:#[\w-]+)?\)/m.exec(page.text) ?? []
  if (target === undefined) throw new Error(`${page.path} has code, and does not say for which schema`)
  return `docs/${target}`
}

/** The schema that a page shows as a whole. */
export function schemaOf ({ blocks }: Page): string | undefined {
  return blocks.find(({ language, text }) => language === 'prisma' && text.includes('datasource '))?.text
}

export function fileNameOf ({ text }: Block): string | undefined {
  return /^\/\/ ([\w.-]+\.ts)$/m.exec(text.split('\n')[0]!)?.[1]
}

/** A folder with the client of a schema, and the files of the quick start that other pages import. */
async function makeFolder (folder: string, schema: string): Promise<string> {
  await mkdir(folder)
  if (schema === samplePage) await cp(join(root, 'prisma/generated'), join(folder, 'generated'), { recursive: true })
  else await generateClient(folder, schema)
  for (const block of readPage(quickStart).blocks) {
    if (fileNameOf(block) === 'prisma.ts') await writeFile(join(folder, 'prisma.ts'), block.text)
  }
  return folder
}

/** Runs `prisma generate` for a schema that puts its output beside its folder. */
export async function generateClient (folder: string, schema: string): Promise<void> {
  await mkdir(join(folder, 'prisma'), { recursive: true })
  const file = join(folder, 'prisma/schema.prisma')
  await writeFile(file, schema.replace('"fastify-prisma-commons"', '"node build/prisma/cli/bin.js"'))
  await promisify(execFile)(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--schema', file], {
    cwd: root,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: './package.json', NO_COLOR: '1' }
  })
}
