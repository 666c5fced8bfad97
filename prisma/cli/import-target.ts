import type { ModelStore } from '../../lib/store/model-store.js'
import { CommonsError } from '../../lib/errors.js'
import type { ImportPlan } from '../../lib/import/plan/plan.js'
import { importOf } from '../../lib/import/plan/resolve.js'
import { resolveResource, type Resource } from '../../lib/resource/definition/resource.js'
import { storeOf } from '../binding/store.js'
import { CommandError } from './command.js'
import { Project } from './project.js'

/** The import of one resource. */
export interface ImportTarget {
  readonly resource: Resource
  readonly plan: ImportPlan
  readonly store: ModelStore
}

/**
 * Runs some work on the import of a resource of the project; gives its exit code.
 *
 * @param modulePath undefined: the one that package.json names
 * @throws UsageError for a resource that is none, CommandError for what the work cannot do
 */
export async function withImport (
  name: string,
  modulePath: string | undefined,
  work: (target: ImportTarget) => Promise<number>
): Promise<number> {
  const project = await Project.load(modulePath)
  const definition = project.find(name)
  return await project.connected(async client => {
    try {
      const store = storeOf(client)
      const resource = resolveResource(definition, store.registry, store)
      return await work({ resource, plan: importOf(resource), store })
    } catch (error) {
      // Those of options tell what is wrong with a definition.
      if (error instanceof TypeError && error.message.startsWith('resource ')) {
        throw new CommandError(error.message, { cause: error })
      }
      if (!(error instanceof CommonsError) || error.status === 500) throw error
      throw new CommandError([error.message, ...error.details.map(({ message }) => `  ${message}`)].join('\n'), {
        cause: error
      })
    }
  })
}
