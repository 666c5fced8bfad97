import { parseJsonText } from '../../text/parse-json-text.js'
import type { Row } from '../../store/read/find.js'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError } from '../../errors.js'
import type { Model } from '../../model/registry.js'
import type { Filter } from '../../sql/port/filter.js'
import type { Answer } from './answer.js'
import { keyFields, type Idempotency } from '../definition/idempotency-options.js'

/** A request that is to be done once. */
export interface KeyedRequest {
  /** Who asks: the same key of another one is another key. */
  readonly actor: string
  readonly key: string
  /** What is asked for, as a digest. */
  readonly fingerprint: string
}

/** Expired answers removed at a time, and milliseconds between two removals of one process. */
const purgedRows = 1000
const purgePeriod = 60_000
const purged = new WeakMap<Model, number>()

/**
 * Does a request once: its key is stored in the transaction of its write, and its answer with it, so that neither is
 * there without the other, whatever dies in between. A second request with the key waits for the transaction of the
 * first, and gets that one's answer; when the first one fails, nothing is stored and the second one is done.
 *
 * @throws CommonsError `idempotency_key_reused` when the key came with another request before; `idempotency_in_flight`
 * when the database gives up waiting for the first one; `too_many_idempotency_keys`
 */
export async function once (
  store: ModelStore,
  settings: Idempotency,
  request: KeyedRequest,
  work: (store: ModelStore) => Promise<Answer>,
  now = new Date()
): Promise<Answer> {
  const known = await read(store, settings, request, false)
  if (known !== null && known.expiresAt > now) return replayed(known, request)
  await checkKeyCount(store, settings, request, now)
  const answer = await store.isolated(
    async inner => {
      if (!(await claim(inner, settings, request, known, now))) return null
      const answer = await work(inner)
      await inner.update(
        settings.model,
        [{ where: selectorOf(settings, request), data: { answer: storedText(answer, settings) } }],
        { mode: 'sparse', unmatched: 'error', rows: null }
      )
      return answer
    },
    { rollback: answer => answer === null }
  )
  if (answer !== null) {
    await purge(store, settings, now)
    return answer
  }
  const first = await read(store, settings, request, false)
  // It was there a moment ago: its time was up, or its owner removed it.
  if (first === null) throw new CommonsError('idempotency_in_flight')
  return replayed(first, request)
}

/** Requests that come at once may exceed the limit by their number. */
async function checkKeyCount (
  store: ModelStore,
  { model, maxKeys }: Idempotency,
  { actor }: KeyedRequest,
  now: Date
): Promise<void> {
  const compare = (name: string, operator: 'equals' | 'gt', value: unknown): Filter => ({
    kind: 'compare',
    field: model.ownField(name),
    operator,
    value
  })
  const filter: Filter = { kind: 'and', filters: [compare('actor', 'equals', actor), compare('expiresAt', 'gt', now)] }
  const count = await store.countTo(model, maxKeys, { deleted: 'include', filter })
  if (count >= maxKeys) throw new CommonsError('too_many_idempotency_keys', { params: { limit: maxKeys } })
}

/**
 * Stores the key; waits for another transaction that has stored it and not ended yet.
 *
 * @returns false when another request has stored the key
 */
async function claim (
  store: ModelStore,
  settings: Idempotency,
  request: KeyedRequest,
  known: Entry | null,
  now: Date
): Promise<boolean> {
  const { model, ttlSeconds } = settings
  if (known !== null) {
    // Under the lock it is certain that the row which goes is the one that has expired.
    const current = await read(store, settings, request, true)
    if (current !== null && current.expiresAt > now) return false
    if (current !== null) await store.delete(model, [selectorOf(settings, request)], { rows: null })
  }
  const row = { ...request, answer: '', expiresAt: new Date(now.getTime() + ttlSeconds * 1000) }
  try {
    const { created } = await store.create(model, [row], { skipDuplicates: true, rows: null })
    return created > 0
  } catch (error) {
    throw error instanceof CommonsError && error.code === 'database_timeout'
      ? new CommonsError('idempotency_in_flight', { cause: error })
      : error
  }
}

/** The text of an answer as it is stored: one that is too large goes without its data. */
function storedText (answer: Answer, { maxAnswerBytes }: Idempotency): string {
  const text = JSON.stringify(answer)
  if (Buffer.byteLength(text) <= maxAnswerBytes) return text
  return JSON.stringify({ ...answer, data: null, meta: { ...answer.meta, data_omitted: true } })
}

interface Entry {
  readonly fingerprint: string
  readonly answer: string
  readonly expiresAt: Date
}

async function read (
  store: ModelStore,
  settings: Idempotency,
  request: KeyedRequest,
  lock: boolean
): Promise<Entry | null> {
  const { model } = settings
  const wanted = Object.keys(keyFields).map(name => model.ownField(name))
  const [row] = await store.find(model, [selectorOf(settings, request)], {
    rows: { fields: wanted, form: 'prisma' },
    lock
  })
  return (row ?? null) as (Entry & Row) | null
}

function replayed ({ fingerprint, answer }: Entry, request: KeyedRequest): Answer {
  if (fingerprint !== request.fingerprint) throw new CommonsError('idempotency_key_reused')
  const stored = parseJsonText(answer) as Answer
  return { ...stored, headers: { ...stored.headers, 'idempotent-replayed': 'true' } }
}

function selectorOf ({ model }: Idempotency, { actor, key }: KeyedRequest): Readonly<Record<string, unknown>> {
  return { [model.primaryKey.name]: { actor, key } }
}

/** Removes answers whose time is up: some, now and then. The write is done by then, and does not fail with it. */
async function purge (store: ModelStore, { model }: Idempotency, now: Date): Promise<void> {
  if ((purged.get(model) ?? -Infinity) > now.getTime() - purgePeriod) return
  purged.set(model, now.getTime())
  await store.purge(model, { before: now, limit: purgedRows, field: 'expiresAt' }).catch(() => {})
}
