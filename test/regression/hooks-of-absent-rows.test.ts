import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
await query("INSERT INTO tags (slug, name) VALUES ('red', 'Red')")
const calls: string[] = []
const note = async (client: unknown, text: string): Promise<void> => {
  await (client as typeof database.prisma).department.create({ data: { code: text, name: text } })
}
const app = await serve(
  t,
  database,
  {
    '/tags': {
      model: 'Tag',
      before: {
        update: ({ items: [item] }) => {
          calls.push(`before update of ${String(item!.current!['slug'])}`)
        },
        bulkUpdate: ({ items }) => {
          calls.push(`before update of ${items.length}`)
        },
        bulkDelete: ({ items }) => {
          calls.push(`before deletion of ${items.length}`)
        }
      },
      after: {
        destroy: async ({ client }) => {
          await note(client, 'destroyed')
        },
        replace: async ({ client }) => {
          await note(client, 'replaced')
        },
        bulkDelete: async ({ client }) => {
          await note(client, 'deleted')
        }
      }
    }
  },
  { crud: true }
)
const send = sender(app)

await t.test('an update, a replacement or a deletion of a row that is not there runs no hook', async t => {
  t.equal((await send('PATCH', '/tags/999', { name: 'x' })).status, 404)
  t.equal((await send('PUT', '/tags/999', { slug: 'x', name: 'x' })).status, 404)
  t.equal((await send('DELETE', '/tags/999')).status, 404)
  t.equal((await send('PATCH', '/tags', [{ id: 999, name: 'x' }])).status, 404)
  t.equal((await send('DELETE', '/tags', [999])).status, 200)
  t.equal((await send('PATCH', '/tags?partial_success=true', [{ id: 999, name: 'x' }])).status, 207)
  t.strictSame(calls, [])
  t.strictSame(await query('SELECT code FROM departments'), [])
})

await t.test('hooks of rows that are there run', async t => {
  t.equal((await send('PATCH', '/tags/1', { name: 'x' })).status, 200)
  t.equal((await send('DELETE', '/tags', [1, 999])).status, 200)
  t.strictSame(calls, ['before update of red', 'before deletion of 1'])
  t.strictSame(await query('SELECT code FROM departments'), [{ code: 'deleted' }])
})

await t.test('what a hook has written is undone when a condition refuses the write', async t => {
  await query("INSERT INTO contracts (contract_number, year, amount, updated_at) VALUES ('N-1', 2026, 1, now())")
  const guarded = sender(
    await serve(
      t,
      database,
      {
        '/contracts': {
          model: 'Contract',
          before: {
            update: async ({ client }) => {
              await note(client, 'before')
            }
          }
        }
      },
      { crud: true }
    )
  )
  t.equal((await guarded('PATCH', '/contracts/1', { note: 'x' }, { 'if-match': '"9"' })).status, 412)
  t.strictSame(await query("SELECT code FROM departments WHERE code = 'before'"), [])
})
