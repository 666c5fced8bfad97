import { spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import ts from 'typescript'
import type { Lifetime } from './database.js'
import { readPage } from './docs-pages.js'
import { fileNameOf, generateClient, schemaOf } from './docs-project.js'

const quickStart = readPage('docs/quick-start.md')

/** The tables of the schema of the quick start, as `prisma db push` makes them. */
export const tables = `
CREATE TABLE "Customer" (id serial PRIMARY KEY, code text NOT NULL, name text NOT NULL);
CREATE UNIQUE INDEX "Customer_code_key" ON "Customer" (code);
CREATE TABLE "Contract" (
  id serial PRIMARY KEY,
  "contractNumber" text NOT NULL,
  year integer NOT NULL,
  amount decimal(12, 2) NOT NULL,
  note text,
  "customerId" integer REFERENCES "Customer" ON DELETE SET NULL ON UPDATE CASCADE,
  version integer NOT NULL DEFAULT 1,
  "createdAt" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamptz(3) NOT NULL,
  "createdById" integer,
  "updatedById" integer
);
CREATE UNIQUE INDEX "Contract_contractNumber_year_key" ON "Contract" ("contractNumber", year);
`

export const emptyTables = 'TRUNCATE "Customer", "Contract" RESTART IDENTITY'

/** A file of a page by the name in its first line. */
export function namedFile (name: string, page = quickStart): string | undefined {
  return page.blocks.find(block => fileNameOf(block) === name)?.text
}

/** Makes the project of the quick start in an empty folder inside this repository, as JavaScript. */
export async function createQuickStart (folder: string): Promise<void> {
  await generateClient(folder, schemaOf(quickStart)!)
  const generated = join(folder, 'generated')
  for (const path of await readdir(generated, { recursive: true })) {
    if (!path.endsWith('.ts')) continue
    await writeScript(join(generated, path.replace(/\.ts$/, '.js')), await readFile(join(generated, path), 'utf8'))
  }
  await writeScript(join(folder, 'prisma.js'), namedFile('prisma.ts')!)
}

async function writeScript (path: string, text: string): Promise<void> {
  await writeFile(path, ts.transpile(text, { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }))
}

/** Starts a server in such a project, in a process of its own, and gives its address. */
export async function startServer (
  t: Lifetime,
  folder: string,
  { name, text, url }: { readonly name: string; readonly text: string; readonly url: string }
): Promise<string> {
  await writeScript(join(folder, name), text)
  const child = spawn(process.execPath, [join(folder, name)], {
    env: { ...process.env, DATABASE_URL: url, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.after(async () => {
    child.kill()
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Server listening at ([^"\s]+)/.exec(line)?.[1]
    if (address !== undefined) {
      // Nobody reads further lines of the log, which may not fill the pipe.
      child.stdout.resume()
      return address
    }
  }
  throw new Error(`The server of ${name} ended`)
}
