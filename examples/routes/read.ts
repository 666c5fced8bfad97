import { Type, type Static } from '@sinclair/typebox'
import { CommonsError } from 'fastify-prisma-commons/errors'
import type { FastifyPluginAsync } from 'fastify'

/** The part of a model's delegate that reading takes. */
export interface ReadableModel {
  findMany: (args: { readonly skip: number, readonly take: number, readonly orderBy: { readonly id: 'asc' } }) => Promise<unknown[]>
  findUnique: (args: { readonly where: { readonly id: number } }) => Promise<unknown>
  count: () => Promise<number>
}

export interface ReadOptions {
  readonly name: string
  readonly model: ReadableModel
}

const Page = Type.Object({
  page: Type.Integer({ minimum: 1, default: 1 }),
  page_size: Type.Integer({ minimum: 1, default: 20 })
})
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2147483647 }) })

const maxPageSize = 100

/** `GET /`, page by page in the order of the ids, and `GET /:id`. */
export const readRoutes: FastifyPluginAsync<ReadOptions> = async function readRoutes (app, { name, model }) {
  app.get<{ Querystring: Static<typeof Page> }>('/', {
    schema: { operationId: `list${name}`, tags: [`${name}s`], summary: `List ${name.toLowerCase()}s`, querystring: Page }
  }, async request => {
    const { page, page_size: size } = request.query
    const take = Math.min(size, maxPageSize)
    const [count, results] = await Promise.all([model.count(), model.findMany({ skip: (page - 1) * take, take, orderBy: { id: 'asc' } })])
    if (page > 1 && results.length === 0) throw new CommonsError('not_found', { message: `There is no page ${page}` })
    const [path] = request.url.split('?', 1)
    const link = (to: number): string => `${path}?page=${to}&page_size=${take}`
    return { count, next: page * take < count ? link(page + 1) : null, previous: page > 1 ? link(page - 1) : null, results }
  })

  app.get<{ Params: Static<typeof Id> }>('/:id', {
    schema: { operationId: `retrieve${name}`, tags: [`${name}s`], summary: `Read one ${name.toLowerCase()}`, params: Id }
  }, async request => {
    const { id } = request.params
    const row = await model.findUnique({ where: { id } })
    if (row === null) throw new CommonsError('object_not_found', { params: { model: name, key: 'id', value: id } })
    return row
  })
}
