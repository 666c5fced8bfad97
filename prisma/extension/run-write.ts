import type { Call } from './calls.js'
import { Write } from './write.js'

/** Argument → what of a write it is. */
export type WriteParts = Readonly<Record<string, 'where' | 'created' | 'createdRows' | 'updated'>>

/** Runs a writing method of Prisma with its arguments rewritten. */
export function runWrite (call: Call, method: string, parts: WriteParts): unknown {
  const { args, model, prisma, seen } = call
  const write = new Write(call)
  const rewritten: Record<string, unknown> = { ...seen.selection(model, args) }
  for (const [name, part] of Object.entries(parts)) rewritten[name] = write[part](args[name])
  return prisma[method]!(rewritten)
}
