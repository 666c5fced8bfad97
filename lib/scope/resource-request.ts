/** The request that rules of a resource are asked about; the plugins make it Fastify's. */
export interface ResourceRequest {}
