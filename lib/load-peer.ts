import { CommonsError } from './errors.js'

/**
 * Loads an optional package that files of a type are read or written with; 501 `format_unavailable`, with what to
 * install, when it is absent.
 *
 * @example
 * const { ZipFile } = await loadPeer('xlsx', 'yazl', () => import('yazl'))
 */
export async function loadPeer<Module> (
  format: string,
  packageName: string,
  load: () => Promise<Module>
): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new CommonsError('format_unavailable', { params: { format, package: packageName }, cause: error })
  }
}

/** Errors that come through a module loader of the user's lose their codes. */
function isMissing (error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') ||
      /^Cannot find (?:package|module) /.test(error.message))
  )
}
