import { fileURLToPath } from 'node:url'
import t from 'tap'
import { messagesOf } from '../helpers/installed-package.js'

const entry = fileURLToPath(new URL('../../../test/types/entry.ts', import.meta.url))
const importing = (path: string) => (text: string) =>
  text.replace("from 'fastify-prisma-commons'", `from 'fastify-prisma-commons${path}'`)

// Each is a program of its own: in one program the augmentations of one entry point would stand in for those of others.
for (const path of ['', '/bulk', '/crud', '/export', '/import', '/resource', '/suite']) {
  await t.test(`the entry point "${path}", imported alone, types requests, servers and hooks`, async t => {
    t.strictSame(messagesOf(entry, importing(path)), [])
  })
}

await t.test('an entry point that does not exist is told', async t => {
  t.match(messagesOf(entry, importing('/nope')), [/Cannot find module 'fastify-prisma-commons\/nope'/])
})
