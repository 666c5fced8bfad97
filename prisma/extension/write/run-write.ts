import type { Call } from '../query/calls.js'
import { delegateOf } from '../query/delegates.js'
import { withMissingSlugs } from './missing-slugs.js'
import { Write } from './write.js'

/** Argument → what of a write it is. */
export type WriteParts = Readonly<Record<string, 'where' | 'created' | 'createdRows' | 'updated'>>

/**
 * Runs a writing method of Prisma with its arguments rewritten. What comes back is Prisma's own promise, unless slugs
 * have to be looked for first.
 */
export function runWrite (call: Call, method: string, parts: WriteParts): unknown {
  const { args, model, prisma, seen } = call
  const write = new Write(call)
  const rewritten: Record<string, unknown> = { ...seen.selection(model, args) }
  for (const [name, part] of Object.entries(parts)) rewritten[name] = write[part](args[name])
  if (write.unnamed.length === 0) return prisma[method]!(rewritten)
  return withMissingSlugs(call, write.unnamed, client => delegateOf(client, model)[method]!(rewritten))
}
