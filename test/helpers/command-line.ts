import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../prisma/cli/bin.js', import.meta.url))

const exampleModule = fileURLToPath(new URL('../../examples/commons.js', import.meta.url))

/** The package.json of a project whose commands work with the resources of the example. */
export const exampleManifest = JSON.stringify({ 'fastify-prisma-commons': { module: exampleModule } })

export interface CommandRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the compiled command line in a folder. */
export async function runCommand (
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {}
): Promise<CommandRun> {
  return await new Promise(resolve => {
    execFile(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}
