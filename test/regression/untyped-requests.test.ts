import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createUserProject, messagesOf } from '../helpers/installed-package.js'

interface EntryPoint {
  readonly path: string
  /** What an instance of Fastify and a request have beside their own members, where this module alone is imported. */
  readonly members: readonly string[]
}

const bulk = 'app.bulk'
const exporter = 'app.export'
const importer = 'app.import'
const user = 'request.currentUser'
const client = 'app.prisma'

const entryPoints: readonly EntryPoint[] = [
  { path: '', members: [bulk, exporter, importer, user, client] },
  { path: '/suite', members: [bulk, exporter, importer, user, client] },
  { path: '/resource', members: [bulk, exporter, importer] },
  { path: '/bulk', members: [bulk] },
  { path: '/crud', members: [] },
  { path: '/export', members: [exporter] },
  { path: '/import', members: [importer] }
]

const project = await createUserProject(t.testdir())

for (const { path, members } of entryPoints) {
  await t.test(
    `defineResource of fastify-prisma-commons${path}, imported alone, has Fastify's request in its rules`,
    async t => {
      const file = join(project.directory, `entry${path.replace('/', '-')}.ts`)
      await writeFile(
        file,
        `
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineResource } from 'fastify-prisma-commons${path}'

export const contracts = defineResource({
  model: 'Contract',
  scope: { ownerId: request => request.headers.authorization },
  authorize: (request, action) => request.method === 'GET' && request.action === action
})
export const members = (app: FastifyInstance, request: FastifyRequest) => [app.server, request.action, ${members.join(', ')}]
// @ts-expect-error the request is typed: it has no such member
export const wrong = defineResource({ model: 'Contract', scope: { ownerId: request => request.nope } })
`
      )
      t.strictSame(messagesOf(file), [])
    }
  )
}
