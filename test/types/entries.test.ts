import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { messagesOf } from '../helpers/installed-package.js'

const folder = fileURLToPath(new URL('../../../test/types/entries/', import.meta.url))
const files = readdirSync(folder)

t.strictSame(files, ['bulk.ts', 'crud.ts', 'export.ts', 'import.ts', 'package.ts', 'resource.ts', 'suite.ts'])

// Each is a program of its own: in one program the augmentations of one entry point would stand in for those of others.
for (const file of files) {
  await t.test(`the entry point of ${file}, imported alone, types requests, servers and hooks`, async t => {
    t.strictSame(messagesOf(join(folder, file)), [])
  })
}
