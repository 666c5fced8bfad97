import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { namesOf } from '../../lib/resource/definition/names.js'
import type { ResourceDefinition } from '../../lib/resource/definition/core-options.js'
import { didYouMean } from '../../lib/suggest.js'
import { isCharacter, trimWhere } from '../../lib/text/trim.js'
import { CommandError, UsageError } from './command.js'

const packageKey = 'fastify-prisma-commons'

/** What help texts say of it. */
export const moduleHelp = `The command works with a JavaScript module of the project that exports:
  resources  An object or a list of what defineResource gives; the keys of an object are their names
  prisma     The extended Prisma client, or a function that gives it; it is disconnected at the end
  close      A function to run at the very end; may be left out
Its path stands in package.json, unless --module names it: "${packageKey}": { "module": "./build/commons.js" }
`

/** The module of a project that commands work with. */
export class Project {
  readonly #path: string
  readonly #exports: Readonly<Record<string, unknown>>
  readonly #resources: readonly (readonly [key: string, definition: ResourceDefinition])[]

  private constructor (path: string, exports: Readonly<Record<string, unknown>>) {
    this.#path = path
    this.#exports = exports
    this.#resources = resourcesOf(path, exports['resources'])
  }

  /**
   * Loads the module of a path, relative to the working folder, or the one that package.json names.
   *
   * @throws UsageError where neither is given, CommandError for a module that is none
   */
  static async load (given: string | undefined): Promise<Project> {
    const path = given ?? (await configuredPath())
    if (path === undefined) {
      throw new UsageError(
        `Which module has the resources? Name it with --module <path>, or in package.json: "${packageKey}": { ` +
          '"module": "./build/commons.js" }'
      )
    }
    try {
      return new Project(path, (await import(pathToFileURL(resolve(path)).href)) as Readonly<Record<string, unknown>>)
    } catch (error) {
      if (error instanceof CommandError) throw error
      throw new CommandError(`The module ${path} cannot be loaded: ${messageOf(error)}`, { cause: error })
    }
  }

  /** The resource of a name: its key with or without slashes, its model, or its plural. */
  find (name: string): ResourceDefinition {
    const wanted = plain(name)
    const byKey = this.#resources.filter(([key]) => plain(key) === wanted)
    const found =
      byKey.length > 0
        ? byKey
        : this.#resources.filter(
          ([
            ,
            {
              options: { model, singular, plural }
            }
          ]) => [model, namesOf(model, singular, plural).plural].some(one => plain(one) === wanted)
        )
    const [first, second] = found
    const keys = this.#resources.map(([key]) => withoutSlashes(key))
    if (first === undefined) {
      throw new UsageError(`Unknown resource "${name}". ${didYouMean(withoutSlashes(name), keys)}`)
    }
    if (second !== undefined) {
      throw new UsageError(`There are several resources "${name}": ${found.map(([key]) => key).join(', ')}`)
    }
    return first[1]
  }

  /** Runs some work with the client, which is disconnected then. */
  async connected (work: (client: object) => Promise<number>): Promise<number> {
    const { prisma, close } = this.#exports
    try {
      const client = await this.#clientOf(prisma)
      try {
        return await work(client)
      } finally {
        if ('$disconnect' in client && typeof client.$disconnect === 'function') await client.$disconnect()
      }
    } finally {
      if (typeof close === 'function') await close()
    }
  }

  async #clientOf (prisma: unknown): Promise<object> {
    const client: unknown = await Promise.resolve(typeof prisma === 'function' ? prisma() : prisma).catch(
      (cause: unknown) => {
        throw new CommandError(`"prisma" of the module ${this.#path} gives no client: ${messageOf(cause)}`, { cause })
      }
    )
    if (typeof client === 'object' && client !== null && '$commons' in client) return client
    throw new CommandError(
      `The module ${this.#path} must export "prisma": a client extended by commons({ metadata }), or a function ` +
        'that gives one'
    )
  }
}

async function configuredPath (): Promise<string | undefined> {
  const text = await readFile('package.json', 'utf8').catch(() => '{}')
  try {
    const manifest = JSON.parse(text) as { readonly [packageKey]?: { readonly module?: unknown } } | null
    const path = manifest?.[packageKey]?.module
    return typeof path === 'string' ? path : undefined
  } catch (cause) {
    throw new CommandError('package.json is no JSON', { cause })
  }
}

function resourcesOf (path: string, resources: unknown): readonly (readonly [string, ResourceDefinition])[] {
  const listed = Array.isArray(resources)
    ? resources.map((one: unknown) => [isDefinition(one) ? one.options.model : '', one] as const)
    : Object.entries(Object(resources) as Record<string, unknown>)
  const sound = listed.filter((entry): entry is [string, ResourceDefinition] => isDefinition(entry[1]))
  if (sound.length > 0 && sound.length === listed.length) return sound
  throw new CommandError(
    `The module ${path} must export "resources": an object or a list of what defineResource gives`
  )
}

function isDefinition (value: unknown): value is ResourceDefinition {
  const { options } = Object(value) as { readonly options?: { readonly model?: unknown } | null }
  return typeof options?.model === 'string'
}

/** The name without the slashes around it. */
function withoutSlashes (name: string): string {
  return trimWhere(name, isCharacter('/'))
}

function plain (name: string): string {
  return withoutSlashes(name).toLowerCase()
}

function messageOf (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
