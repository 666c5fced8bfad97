import { defineResource, resourcesOf } from 'fastify-prisma-commons'
import t from 'tap'
import type { Prisma } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'

const resources = resourcesOf<Prisma.TypeMap, typeof metadata>(metadata)

await t.test('a typed resource is the one that defineResource makes', async t => {
  t.strictSame(
    resources.define('Contract', { readOnly: ['status'], bulk: { uniqueFields: ['contractNumber', 'year'] } }),
    defineResource({ model: 'Contract', readOnly: ['status'], bulk: { uniqueFields: ['contractNumber', 'year'] } })
  )
  t.strictSame(resources.define('Tag'), defineResource({ model: 'Tag' }))
})

await t.test('an unknown model fails at once, with the name that is meant', async t => {
  t.throws(() => resources.define('Contrct' as 'Contract'), {
    name: 'TypeError',
    message: /^resource Contrct: the model is unknown\. .*Contract/
  })
})

await t.test('options are checked as defineResource checks them', async t => {
  t.throws(() => resources.define('Contract', { list: { pageSize: 0 } }), {
    name: 'TypeError',
    message: /resource Contract: option "list\.pageSize"/
  })
})
