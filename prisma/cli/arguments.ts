import { parseArgs, type ParseArgsConfig } from 'node:util'
import { didYouMean } from '../../lib/suggest.js'
import { UsageError } from './command.js'

type Options = NonNullable<ParseArgsConfig['options']>

type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ readonly options: O; readonly allowPositionals: true }>>

/**
 * The arguments of a command, read strictly.
 *
 * @throws UsageError for an unknown option (with a suggestion), and for a value that is missing or too many
 */
export function readArguments<const O extends Options> (args: readonly string[], options: O): Parsed<O> {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const known = Object.keys(options).map(name => `--${name}`)
  for (const token of tokens) {
    if (token.kind === 'option' && !Object.hasOwn(options, token.name)) {
      throw new UsageError(`Unknown option "${token.rawName}". ${didYouMean(token.rawName, known)}`)
    }
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      throw new UsageError(error.message, { cause: error })
    }
    throw error
  }
}
