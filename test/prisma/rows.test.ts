import { commons } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { prisma: plain } = await createDatabase(t)
const prisma = plain.$extends(commons({ metadata })).$extends({
  result: { department: { label: { needs: { code: true }, compute: ({ code }) => `Department ${code}` } } }
})
const data = ['A', 'B', 'C'].map(code => ({ code, name: `The ${code}` }))

await t.test('rows are what select asks for, in the order of the request', async t => {
  const columns = await prisma.department.bulkCreate({ data, select: { id: true, code: true } })
  t.strictSame(columns.rows, [
    { id: 1, code: 'A' },
    { id: 2, code: 'B' },
    { id: 3, code: 'C' }
  ])
  const every = await prisma.department.bulkUpsert({ data: data.toReversed(), on: 'code', select: true })
  t.strictSame(every.rows, [
    { id: 3, code: 'C', name: 'The C' },
    { id: 2, code: 'B', name: 'The B' },
    { id: 1, code: 'A', name: 'The A' }
  ])
  const read = await prisma.department.bulkUpdate({
    data: [
      { where: { code: 'B' }, data: { name: 'New' } },
      { where: { code: 'Z' }, data: {} },
      { where: { code: 'A' }, data: {} }
    ],
    select: { label: true, name: true, employees: { select: { id: true } }, id: false }
  })
  t.strictSame(read.rows, [
    { name: 'New', employees: [], label: 'Department B' },
    { name: 'The A', employees: [], label: 'Department A' }
  ])
  const counts = await prisma.department.bulkCreate({ data: [{ code: 'D', name: 'The D' }] })
  t.notOk('rows' in counts)
})

await t.test(
  'a delete gives columns back; what cannot be read any more is refused before anything is gone',
  async t => {
    const select = { employees: true } as unknown as { id: true }
    await t.rejects(prisma.department.bulkDelete({ where: [{ id: 1 }], select }), {
      name: 'CommonsError',
      code: 'validation_failed',
      message: 'select of bulkDelete takes scalar fields only'
    })
    t.equal(await prisma.department.count({ where: { id: 1 } }), 1)
    const { deleted, rows } = await prisma.department.bulkDelete({
      where: [{ id: 1 }, { id: 99 }],
      select: { code: true }
    })
    t.strictSame({ deleted, rows }, { deleted: 1, rows: [{ code: 'A' }] })
  }
)
