import { CommonsError, VersionConflictError } from '../../../lib/errors.js'
import type { FieldMeta, VersionFeature } from '../../../lib/model/meta.js'
import { didYouMean } from '../../../lib/suggest.js'
import { mapError } from '../../binding/map-error.js'
import { createStore } from '../../binding/store.js'
import type { Call } from '../query/calls.js'
import { isObject, type Input } from '../query/input.js'
import { keySelect, selectorOf } from '../query/row-keys.js'
import { Write } from './write.js'

const known = [
  'where',
  'data',
  'expectedVersion',
  'revisionNotes',
  'skipVersionIncrement',
  'select',
  'include',
  'omit'
]

/**
 * Updates one row if it has the expected version, by one UPDATE … WHERE version. When nothing was updated a second look
 * tells why.
 */
export async function updateVersioned (call: Call): Promise<unknown> {
  const {
    args,
    client,
    model,
    prisma,
    seen,
    suite: { config, registry }
  } = call
  const version = versionOf(call)
  const { data, expectedVersion: expected, revisionNotes, skipVersionIncrement, where, ...selection } = args
  const write = new Write(call)
  const written = write.updated(
    revisionNotes === undefined ? data : { ...(data as Input), [version.revisionNotes!]: revisionNotes }
  ) as Input
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
    const key = (await prisma['findUnique']!({ where: condition, select: keySelect(model) })) as Input | null
    const found =
      key === null
        ? null
        : await createStore(client, registry, config).difference(
          model,
          selectorOf(model, key),
          valuesOf(call, data as Input)
        )
    if (found === null) {
      throw new CommonsError('object_not_found', {
        message: `No such ${model.name}`,
        params: { model: model.name },
        cause: error
      })
    }
    // A row that a nested write refers to may be the missing one.
    if (expected === undefined || found.current === expected) throw error
    throw new VersionConflictError({ expected: Number(expected), ...found }, error)
  }
}

/** What fields are to hold, as a bulk row names it; what is computed from the stored value has nothing to compare. */
function valuesOf ({ model }: Call, data: Input): Input {
  const { version } = model.meta.features
  const fields = model.meta.fields.filter(({ name }) => name !== version?.field)
  return Object.fromEntries(fields.map(field => [field.name, valueOf(field, data[field.name])]))
}

/** `{ set: value }` is a value; other operations are none. */
function valueOf (field: FieldMeta, value: unknown): unknown {
  const isOperation =
    isObject(value) && Object.getPrototypeOf(value) === Object.prototype && (field.list || field.type !== 'Json')
  return isOperation ? value['set'] : value
}

/** Checks the arguments; only models with a version have the method, but an untyped caller finds out here. */
function versionOf ({ args, model }: Call): VersionFeature {
  const { version } = model.meta.features
  const refuse = (problem: string): never => {
    throw new CommonsError('validation_failed', { message: `${model.name}.updateVersioned: ${problem}` })
  }
  if (version === undefined) return refuse('the model has no version: add "/// @commons.version" to it')
  const unknown = Object.keys(args).find(name => !known.includes(name))
  if (unknown !== undefined) refuse(`unknown argument "${unknown}". ${didYouMean(unknown, known)}`)
  if (!isObject(args['where'])) refuse('where takes a unique selector')
  if (!isObject(args['data'])) refuse('data takes an object of fields')
  if (
    args['expectedVersion'] === undefined
      ? args['skipVersionIncrement'] !== true
      : !Number.isInteger(args['expectedVersion'])
  ) {
    refuse('expectedVersion takes a whole number; only a write that skips the version does without it')
  }
  if (args['revisionNotes'] !== undefined && version.revisionNotes == null) {
    refuse('the model has no column for revisionNotes')
  }
  return version
}
