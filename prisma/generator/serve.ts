import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { locateProblem, readSchemaFiles } from './locate.js'
import { serveGenerator } from './protocol.js'
import type { GeneratorOptions } from './protocol.js'
import { renderModule } from './render.js'
import { metadataFromDatamodel } from '../metadata/from-dmmf.js'
import type { Metadata } from '../../lib/model/meta.js'
import { formatProblems, SchemaError } from '../../lib/model/schema-problems.js'

/**
 * Serves Prisma as a generator: it writes `<output>/metadata.ts`, the models as the extension and the plugins read
 * them.
 */
export async function serveMetadataGenerator (): Promise<void> {
  await serveGenerator({ prettyName: 'fastify-prisma-commons metadata', defaultOutput: './generated', generate })
}

async function generate (options: GeneratorOptions): Promise<void> {
  const folder = options.generator.output.value
  const source = renderModule(await readMetadata(options))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'metadata.ts'), source)
}

async function readMetadata ({ dmmf, datamodel, datasources, schemaPath }: GeneratorOptions): Promise<Metadata> {
  try {
    return metadataFromDatamodel(dmmf.datamodel, datasources[0].activeProvider, datamodel)
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    const files = await readSchemaFiles(schemaPath)
    throw new Error(
      formatProblems(error.problems, problem => locateProblem(problem, files)),
      { cause: error }
    )
  }
}
