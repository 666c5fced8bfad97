import type { Resource } from './resource.js'

/**
 * Gives the function that reads one section of a resource's options: `resolve` checks it against the metadata and
 * completes it, once for each resource. A section that is not given counts as an empty one.
 *
 * @example
 * export const listOf = sectionReader('list', resolveList)
 * const { pageSize } = listOf(resource)
 */
export function sectionReader<Options extends object, Resolved> (
  name: string,
  resolve: (resource: Resource, options: Options) => Resolved
): (resource: Resource) => Resolved {
  const resolved = new WeakMap<Resource, { readonly section: Resolved }>()
  return resource => {
    const known = resolved.get(resource)
    if (known !== undefined) return known.section
    const section = resolve(resource, (resource.sections[name] ?? {}) as Options)
    resolved.set(resource, { section })
    return section
  }
}
