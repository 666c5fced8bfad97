import type { Readable } from 'node:stream'
import { CommonsError } from '../../errors.js'
import { jsonType } from '../../http/accept.js'
import type { FormReply, FormRequest } from '../../http/form.js'
import { defaultUploadLimits, Uploads } from '../../http/uploads.js'
import type { Resource } from '../definition/resource.js'
import { addJsonParser, prepareErrors, type BodyRequest, type RouteScope } from '../routes/routes.js'
import { readCsvBody, readCsvForm } from './body.js'
import { csvItemReader } from './items.js'
import { csvType, formType } from '../routes/schema/csv-schema.js'

/** What taking CSV bodies needs of a scope beside; Fastify's has it. */
export interface CsvScope extends Omit<RouteScope, 'addContentTypeParser' | 'addHook'> {
  hasRequestDecorator(name: string): boolean
  removeContentTypeParser(types: string[]): void
  addContentTypeParser: RouteScope['addContentTypeParser'] &
    ((type: string, parser: (request: BodyRequest, body: Readable) => Promise<unknown>) => unknown)
  addHook(name: 'preParsing', hook: (request: BodyRequest, reply: unknown, payload: unknown) => Promise<void>): unknown
  addHook(name: 'preValidation', hook: (request: unknown, reply: FormReply) => Promise<void>): unknown
  addHook(name: 'preClose', hook: () => Promise<void>): unknown
}

/**
 * Lets a scope take CSV files beside JSON, as bodies and in forms, and prepares its errors. What routes find as the
 * body is the list of items, whatever it was written in.
 *
 * @param addForms gives the scope `parts` and `isMultipart`, where the server has not got them
 * @returns the JSON Schema of its errors
 */
export async function prepareCsvScope (
  scope: CsvScope,
  resource: Resource,
  addForms: () => Promise<void>
): Promise<object> {
  const reader = csvItemReader(resource)
  const uploads = new Uploads(defaultUploadLimits)
  scope.addHook('preClose', async () => {
    uploads.close()
  })
  const hasForms = scope.hasRequestDecorator('isMultipart')
  scope.removeContentTypeParser([jsonType, csvType, ...(hasForms ? [] : [formType])])
  if (!hasForms) await addForms()
  addJsonParser(scope)
  scope.addContentTypeParser(
    csvType,
    async (request, body) => await readCsvBody(reader, body, request.headers['content-type']!)
  )
  // The parser of forms is the server's, so that its other parsers are here too.
  scope.addHook('preParsing', async ({ headers }) => {
    if (!isTaken(headers)) throw new CommonsError('unsupported_media_type')
  })
  scope.addHook('preValidation', async (request, reply) => {
    const form = request as FormRequest & { body: unknown }
    if (form.isMultipart()) form.body = await readCsvForm(reader, uploads, form, reply)
  })
  return prepareErrors(scope)
}

function isTaken (headers: BodyRequest['headers']): boolean {
  const type = headers['content-type']
  if (type === undefined) {
    return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'
  }
  return [jsonType, csvType, formType].includes(type.split(';', 1)[0]!.trim().toLowerCase())
}
