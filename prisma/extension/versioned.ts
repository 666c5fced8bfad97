import { differingFields } from '../../lib/bulk/differing.js'
import { CommonsError, VersionConflictError } from '../../lib/errors.js'
import type { VersionFeature } from '../../lib/model/meta.js'
import { dialectOf } from '../../lib/sql/dialects.js'
import { didYouMean } from '../../lib/suggest.js'
import { mapError } from '../map-error.js'
import type { Call } from './calls.js'
import { isObject, type Input } from './input.js'
import { Write } from './write.js'

const known = ['where', 'data', 'expectedVersion', 'revisionNotes', 'skipVersionIncrement', 'select', 'include', 'omit']

/**
 * Updates one row if it has the expected version, by one UPDATE … WHERE version. When nothing was updated a second look
 * tells why.
 */
export async function updateVersioned (call: Call): Promise<unknown> {
  const { args, model, prisma, seen, suite: { registry } } = call
  const version = versionOf(call)
  const { data, expectedVersion: expected, revisionNotes, skipVersionIncrement, where, ...selection } = args
  const write = new Write(call)
  const written = write.updated(revisionNotes === undefined ? data : { ...data as Input, [version.revisionNotes!]: revisionNotes }) as Input
  const { [version.field]: _next, ...unversioned } = written
  const condition = write.where(where) as Input
  try {
    return await prisma['update']!({
      ...seen.selection(model, selection),
      where: expected === undefined ? condition : { ...condition, [version.field]: expected },
      data: skipVersionIncrement === true ? unversioned : written
    })
  } catch (error) {
    if (mapError(error, registry)?.code !== 'object_not_found') throw error
    const stored = await prisma['findUnique']!({ where: condition }) as Input | null
    if (stored === null) throw new CommonsError('object_not_found', { message: `No such ${model.name}`, params: { model: model.name }, cause: error })
    // A row that a nested write refers to may be the missing one.
    if (expected === undefined || stored[version.field] === expected) throw error
    const fields = differingFields(dialectOf(registry.metadata.provider), model, data as Input, stored)
    throw new VersionConflictError({ expected: Number(expected), current: Number(stored[version.field]), fields }, error)
  }
}

/** Checks the arguments; only models with a version have the method, but an untyped caller finds out here. */
function versionOf ({ args, model }: Call): VersionFeature {
  const { version } = model.meta.features
  const refuse = (problem: string): never => { throw new CommonsError('validation_failed', { message: `${model.name}.updateVersioned: ${problem}` }) }
  if (version === undefined) return refuse('the model has no version: add "/// @commons.version" to it')
  const unknown = Object.keys(args).find(name => !known.includes(name))
  if (unknown !== undefined) refuse(`unknown argument "${unknown}". ${didYouMean(unknown, known)}`)
  if (!isObject(args['where'])) refuse('where takes a unique selector')
  if (!isObject(args['data'])) refuse('data takes an object of fields')
  if (args['expectedVersion'] === undefined ? args['skipVersionIncrement'] !== true : !Number.isInteger(args['expectedVersion'])) {
    refuse('expectedVersion takes a whole number; only a write that skips the version does without it')
  }
  if (args['revisionNotes'] !== undefined && version.revisionNotes == null) refuse('the model has no column for revisionNotes')
  return version
}
