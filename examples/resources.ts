import { Type } from '@sinclair/typebox'
import {
  count,
  defineResource,
  flexible,
  idToData,
  manyDataToData,
  manyIdToData,
  presets
} from 'fastify-prisma-commons/resource'
import type { FieldCodec } from 'fastify-prisma-commons/resource'
import { CommonsError } from 'fastify-prisma-commons/errors'

function email (value: unknown): unknown {
  // A dot stands in one place of the pattern only, so that no text can match it in many ways: that would take quadratic
  // time.
  if (/^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(String(value))) return value
  throw new CommonsError('invalid_value', { params: { problem: `"${String(value)}" is no e-mail address` } })
}

/** One star to five; the database has a constraint that says the same. */
const rating: FieldCodec = {
  expected: 'an integer from 1 to 5',
  read: value => (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 5 ? value : undefined),
  show: value => value,
  schema: Type.Integer({ minimum: 1, maximum: 5 })
}

/** What the example serves, by paths below `/api`. */
export const resources = {
  '/customers': defineResource({ model: 'Customer' }),
  '/contracts': defineResource({
    model: 'Contract',
    actions: presets.bulkImportable,
    import: { foreignKeys: { customer: { lookup: 'code' } }, uniqueFields: ['contractNumber', 'year'] },
    relations: { customer: idToData(), tags: manyIdToData() },
    list: { filters: ['*', 'customer.code', 'tags.slug'] },
    bulk: { maxItems: 10_000 },
    async: {},
    bodyLimit: 32 * 2 ** 20,
    idempotency: true
  }),
  '/tags': defineResource({ model: 'Tag' }),
  '/articles': defineResource({
    model: 'Article',
    computed: { commentCount: count('comments') },
    list: { ordering: ['title', 'createdAt'], search: ['title', 'content'] },
    bulk: { actionRoutes: true },
    relations: { author: idToData({ fields: ['id', 'name'] }) },
    canSeeDeleted: ({ currentUser }) => currentUser?.role === 'admin'
  }),
  '/comments': defineResource({ model: 'Comment', codecs: { rating } }),
  '/departments': defineResource({ model: 'Department' }),
  '/employees': defineResource({
    model: 'Employee',
    async: {},
    relations: { department: flexible({ lookup: 'code' }) },
    // A row may tell of a department, of an employee, or of both.
    import: {
      models: {
        departments: { model: 'Department', fields: ['name', 'code'], uniqueFields: ['code'] },
        employees: {
          model: 'Employee',
          fields: {
            firstName: 'first_name',
            lastName: 'last_name',
            email: { column: 'email', transform: 'email' },
            department: { column: 'department_code', lookup: 'code' }
          },
          uniqueFields: ['email']
        }
      },
      transforms: { email }
    }
  }),
  // Everyone has invoices of their own, and nobody has none.
  '/invoices': defineResource({
    model: 'Invoice',
    relations: { lineItems: manyDataToData({ mode: 'sync' }) },
    scope: { ownerId: ({ currentUser }) => currentUser?.id }
  })
}
