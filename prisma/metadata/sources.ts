import { createRequire } from 'node:module'
import type { Datamodel } from './dmmf.js'
import { metadataFromDatamodel } from './from-dmmf.js'
import type { Metadata } from '../../lib/model/meta.js'

/** What describes the models: the generated module's `metadata`, or a DMMF datamodel, bare or inside its document. */
export type MetadataSource = Metadata | Datamodel | { readonly datamodel: Datamodel }

/** The private parts of a Prisma client that tell its schema; `unknown`, as any release may move them. */
interface ClientInternals {
  readonly _engineConfig?: { readonly inlineSchema?: unknown }
  readonly _activeProvider?: unknown
}

/**
 * Metadata from whatever describes the models.
 *
 * - `metadata` of the module that the generator writes: used as it is. The best source, nothing is parsed at run time.
 * - a DMMF datamodel, or an object with `datamodel`: its provider is the client's, PostgreSQL without a client.
 * - nothing: the schema text inside the client, parsed by the optional peer `@prisma/get-dmmf` (some 250 ms, once).
 *
 * @throws SchemaError when an annotation of the schema is wrong
 * @throws Error when the source is none of these, or the last resort is not available
 *
 * @example
 * resolveMetadata(metadata)
 * resolveMetadata(undefined, prisma)
 */
export function resolveMetadata (source: MetadataSource | undefined, client?: object): Metadata {
  if (source === undefined) return metadataFromClient(client)
  if (isMetadata(source)) return source
  const datamodel = 'datamodel' in source ? source.datamodel : source
  if (!isDatamodel(datamodel)) {
    throw new Error(
      '`metadata` is neither the module that the fastify-prisma-commons generator writes nor a DMMF datamodel'
    )
  }
  const { _activeProvider: provider } = (client ?? {}) as ClientInternals
  return metadataFromDatamodel(datamodel, typeof provider === 'string' ? provider : 'postgresql', schemaOf(client))
}

/** The schema's text inside a client. */
function schemaOf (client: object | undefined): string | null {
  const { _engineConfig: config } = (client ?? {}) as ClientInternals
  return typeof config?.inlineSchema === 'string' ? config.inlineSchema : null
}

function isMetadata (source: object): source is Metadata {
  return (
    'provider' in source && 'models' in source && typeof source.models === 'object' && !Array.isArray(source.models)
  )
}

function isDatamodel (source: object | undefined): source is Datamodel {
  return (
    source !== undefined &&
    'models' in source &&
    Array.isArray(source.models) &&
    'enums' in source &&
    Array.isArray(source.enums)
  )
}

const ADVICE =
  'Add the generator to schema.prisma, run `prisma generate` and pass the `metadata` it writes:\n\n' +
  '  generator commons {\n    provider = "fastify-prisma-commons"\n    output   = "./generated"\n  }'

function metadataFromClient (client: object | undefined): Metadata {
  const { _activeProvider: provider } = (client ?? {}) as ClientInternals
  const schema = schemaOf(client)
  if (schema === null || typeof provider !== 'string') {
    throw new Error(`No \`metadata\` was given, and this Prisma client does not tell its schema. ${ADVICE}`)
  }
  const document = parserForClient()({ datamodel: schema })
  if (!('datamodel' in document)) {
    throw new Error(
      `@prisma/get-dmmf cannot read the schema of this Prisma client; install the version of @prisma/client. ${ADVICE}`,
      { cause: document.error }
    )
  }
  return metadataFromDatamodel(document.datamodel, provider, schema)
}

/**
 * Prisma's schema parser, for a schema in one text or in files of their own. It gives errors instead of throwing them.
 */
export type Parser = (options: {
  readonly datamodel: string | ReadonlyArray<readonly [path: string, text: string]>
}) => { readonly datamodel: Datamodel } | { readonly error: Error }

function parserForClient (): Parser {
  try {
    return loadParser()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error(
      'No `metadata` was given, and @prisma/get-dmmf, which could read it from the client, is not installed. ' +
        `${ADVICE}\n\n` +
        'or install the parser: npm install @prisma/get-dmmf',
      { cause: error }
    )
  }
}

/**
 * Loads Prisma's schema parser, when it is needed, and synchronously, since an extension is applied synchronously.
 *
 * @throws Error with the code `MODULE_NOT_FOUND` when the optional package is not installed
 */
export function loadParser (): Parser {
  const require = createRequire(import.meta.url)
  const { getDMMF } = require('@prisma/get-dmmf') as { readonly getDMMF: Parser }
  return getDMMF
}
