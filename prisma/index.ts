export type { Metadata } from '../lib/model/meta.js'
export { resolveMetadata } from './metadata/sources.js'
export type { MetadataSource } from './metadata/sources.js'
