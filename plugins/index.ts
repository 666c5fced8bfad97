export * from '../lib/define/index.js'
export { bulk, type BulkOptions } from './bulk.js'
export { crud, type CrudOptions } from './crud.js'
export { currentUser, type CurrentUser, type CurrentUserOptions } from './current-user.js'
export { diagnostics, type Diagnostics, type DiagnosticsOptions } from './diagnostics.js'
export {
  envelope,
  clientErrorHandler,
  frameworkErrors,
  type EnvelopeOptions,
  type ReplyErrorOptions,
  type SuccessOptions
} from './envelope.js'
export { exportPlugin, type Exporter, type ExportPluginOptions, type ExportParameters } from './export.js'
export { logger, type LoggerPluginOptions } from './logger.js'
export { importPlugin, type ImportPluginOptions } from './import.js'
export { operations, type OperationsPluginOptions, type OperationStatus, type Operations } from './operations.js'
export { resource, type ResourcePluginOptions } from './resource.js'
export { suite, type SuiteOptions } from './suite.js'
export { prismaPlugin, type PrismaOptions, type PrismaTypes, type RegisteredClient } from './prisma.js'
export { commons, mapError, observe, type CommonsOptions } from '../prisma/index.js'
export { currentActor, requireActor, runAs, type Actor } from '../lib/actor.js'
export { requirePlugin, type PluginHost } from '../lib/require-plugin.js'
export { BulkError, CommonsError, errorTable, type ErrorCode, type ErrorDetail } from '../lib/errors.js'
