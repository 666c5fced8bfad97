import multipart from '@fastify/multipart'
import { getDMMF } from '@prisma/get-dmmf'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { commons, type Diagnosis, type Metadata } from 'fastify-prisma-commons/extension'
import suite, { defineResource, type ResourceOptions } from 'fastify-prisma-commons/suite'
import type { ModelStore } from '../../lib/store/model-store.js'
import { metadataFromDatamodel } from '../../prisma/metadata/from-dmmf.js'
import { storeOf } from '../../prisma/binding/store.js'
import type { Answer } from './bulk-app.js'
import { createDatabase, type Lifetime, type TestDatabase } from './database.js'
import { form } from './import-app.js'

/** The metadata of models that are written out; the datasource is added. */
export function metadataOf (models: string, datasource = ''): Metadata {
  const text =
    'generator client {\n  provider = "prisma-client"\n  previewFeatures = ["views", ' +
    `"partialIndexes"]\n}\n\ndatasource db {\n  provider = "postgresql"\n${datasource}}\n\n${models}`
  const document = getDMMF({ datamodel: text })
  if ('error' in document) throw document.error
  return metadataFromDatamodel(document.datamodel, 'postgresql', text)
}

export interface SchemaApp {
  readonly query: TestDatabase['query']
  readonly store: ModelStore
  readonly doctor: () => Promise<Diagnosis>
  /** A server of resources by their paths. */
  readonly serve: (resources: Readonly<Record<string, ResourceOptions>>) => Promise<SchemaServer>
}

export interface SchemaServer {
  readonly app: FastifyInstance
  readonly send: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object
  ) => Promise<Answer>
  /** Sends a file to the import of a resource. */
  readonly upload: (path: string, file: string) => Promise<Answer>
}

/**
 * A database of tables of the test's own, and what works on them. The client behind it knows none of their models: they
 * are reached by the store and by resources.
 *
 * @param sql what makes the tables
 */
export async function createSchemaApp (
  t: Lifetime,
  models: string,
  sql: string,
  datasource?: string
): Promise<SchemaApp> {
  const { prisma: plain, query } = await createDatabase(t, { empty: true })
  await query(sql)
  const prisma = plain.$extends(commons({ metadata: metadataOf(models, datasource), actorContext: 'ignore' }))
  return {
    query,
    store: storeOf(prisma),
    doctor: async () => await prisma.$doctor(),
    async serve (resources) {
      const app = Fastify()
      t.after(() => app.close())
      await app.register(multipart)
      const defined = Object.entries(resources).map(([path, options]) => [path, defineResource(options)] as const)
      await app.register(suite, {
        prisma,
        connection: { disconnect: false },
        currentUser: false,
        resources: Object.fromEntries(defined)
      })
      await app.ready()
      const inject = async (request: InjectOptions): Promise<Answer> => {
        const answer = await app.inject(request)
        return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
      }
      return {
        app,
        send: async (method, url, payload) =>
          await inject({ method, url, ...(payload === undefined ? {} : { payload }) }),
        upload: async (path, file) =>
          await inject({ method: 'POST', url: `${path}/import-from-file`, ...form({ append_data: 'true' }, file) })
      }
    }
  }
}
