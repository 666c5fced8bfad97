import Fastify from 'fastify'
import { defineResource, presets, resource, type ResourceOptions } from 'fastify-prisma-commons/resource'
import { crud } from 'fastify-prisma-commons/crud'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import t from 'tap'
import { bulkDatabase, sender } from '../helpers/bulk-app.js'
import type { Lifetime } from '../helpers/database.js'

const { client } = await bulkDatabase(t)

async function serving (
  t: Lifetime,
  options: ResourceOptions,
  plugin: typeof resource = resource
): Promise<ReturnType<typeof Fastify>> {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(prismaPlugin, { client, connect: false, disconnect: false, requireCurrentUser: false })
  await app.register(plugin, { prefix: '/x', resource: defineResource(options) })
  return app
}

await t.test('a resource whose creations lack a required field is refused at the start', async t => {
  const message = (action: string): string =>
    `resource Tag: "${action}" can create no row, as the required field "name" gets no value: take it from clients ` +
    `("fields", "readOnly", "relations"), set it in "before.${action}", or leave "${action}" out of "actions"`
  await t.rejects(serving(t, { model: 'Tag', readOnly: ['name'] }), { message: message('create') })
  await t.rejects(serving(t, { model: 'Tag', fields: ['id', 'slug'] }), { message: message('create') })
  await t.rejects(
    serving(t, { model: 'Tag', readOnly: ['name'], actions: presets.base }),
    { message: message('create') },
    'where crud alone creates'
  )
  await t.rejects(serving(t, { model: 'Tag', readOnly: ['name'], before: { create: () => {} } }), {
    message: message('bulkCreate')
  })
})

await t.test(
  'fields of the scope, fields that hooks set, keys of relations and what creates nothing are left alone',
  async t => {
    await serving(t, { model: 'Invoice', scope: { ownerId: () => 1 } })
    await serving(t, { model: 'Tag', readOnly: ['name'], actions: ['list', 'update', 'bulkUpsert'] })
    await serving(t, { model: 'Tag', readOnly: ['name'] }, crud)
    await serving(t, { model: 'Article', fields: ['title', 'content'] })
    const set = ({
      items
    }: {
      readonly items: readonly { readonly data: Record<string, unknown> | null }[]
    }): void => {
      for (const { data } of items) data!['name'] = 'set'
    }
    const app = await serving(t, { model: 'Tag', readOnly: ['name'], before: { create: set, bulkCreate: set } })
    const made = await sender(app)('POST', '/x', { slug: 'a' })
    t.match([made.status, made.body], [201, { name: 'set' }])
  }
)
