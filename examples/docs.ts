import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'

export interface DocsOptions {
  readonly version: string
}

/** The OpenAPI document at `/docs/json` and its pages at `/docs`, of all routes that are added after it. */
export const docs = fp<DocsOptions>(
  async function docs (app, { version }) {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'fastify-prisma-commons example', version },
        components: {
          securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'alice, bob or admin' } }
        },
        // Anonymous requests are fine on most routes, hence the empty choice.
        security: [{ bearer: [] }, {}]
      },
      // Schemas keep their `$id` as their name; the default would number them.
      refResolver: {
        buildLocalReference: (json, _baseUri, _fragment, index) =>
          typeof json.$id === 'string' ? json.$id : `schema-${index}`
      }
    })
    await app.register(swaggerUi, { routePrefix: '/docs' })
  },
  { fastify: '5.x', name: 'example-docs' }
)
