import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A project of a user: the files that `npm pack` lists, copied into its node_modules. */
export interface UserProject {
  readonly directory: string
}

/**
 * Makes a project of a user in a directory inside this repository, so that all other packages are found further up. The
 * package itself is a real copy: behind a link the compiler would see this repository, where every file can be named.
 */
export async function createUserProject (directory: string): Promise<UserProject> {
  const { stdout } = await run('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024
  })
  const [{ files }] = JSON.parse(stdout) as [{ readonly files: ReadonlyArray<{ readonly path: string }> }]
  const installed = join(directory, 'node_modules/fastify-prisma-commons')
  await mkdir(installed, { recursive: true })
  for (const { path } of files) await cp(join(root, path), join(installed, path))
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'user-project', type: 'module', private: true })
  )
  await cp(join(root, 'prisma/generated'), join(directory, 'generated'), { recursive: true })
  return { directory }
}

/** What a strict compiler says of one file of a project, with the types of libraries checked too. */
export function messagesOf (file: string, edit: (text: string) => string = text => text): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    skipLibCheck: true,
    types: ['node']
  }
  const host = ts.createCompilerHost(options)
  const readFile = host.readFile.bind(host)
  host.readFile = name => {
    const text = readFile(name)
    return name === file && text !== undefined ? edit(text) : text
  }
  const program = ts.createProgram([file], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
