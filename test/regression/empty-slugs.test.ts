import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const app = await serve(t, database, { '/documents': { model: 'Document' } }, { crud: true })
const send = sender(app)
const made = (await send('POST', '/documents', { title: 'First', slug: '' })).body.data as { id: string; slug: string }

await t.test('an empty slug of an update keeps the slug, as one that is not named', async t => {
  t.equal(made.slug, 'first')
  for (const slug of ['', null]) {
    t.match(await send('PATCH', `/documents/${made.id}`, { slug }), { status: 200, body: { data: { slug: 'first' } } })
    t.match(await send('PUT', `/documents/${made.id}`, { title: 'First', slug }), {
      status: 200,
      body: { data: { slug: 'first' } }
    })
    t.match(await send('PATCH', '/documents', [{ id: made.id, slug }]), {
      status: 200,
      body: { data: [{ slug: 'first' }] }
    })
    t.match(await send('PUT', '/documents', [{ id: made.id, title: 'First', slug }]), {
      status: 200,
      body: { data: [{ slug: 'first' }] }
    })
  }
  t.match(await send('PATCH', `/documents/${made.id}`, { slug: 'own' }), {
    status: 200,
    body: { data: { slug: 'own' } }
  })
})

await t.test('an empty slug is no key of an upsert', async t => {
  await database.query('UPDATE "Document" SET slug = \'\' WHERE id = $1', [made.id])
  for (const slug of ['', null]) {
    const { status, body } = await send('POST', '/documents?unique_fields=slug', [{ slug, title: 'Overwritten' }])
    t.match([status, body['details']], [400, [{ code: 'missing_unique_field', pointer: '/0/slug' }]])
  }
})
