import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Lifetime } from './database.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const notInAClone = new Set(['.data', '.git', '.tap', 'build', 'node_modules', 'prisma/generated'])

export interface PackedPackage {
  readonly tarball: string
  /** The paths in the tarball. */
  readonly files: readonly string[]
  /** A project outside this repository that has the tarball installed. */
  readonly project: string
  /** The installed package. */
  readonly directory: string
}

/**
 * Packs a copy of the repository that holds what a fresh clone holds, so that the scripts of npm must build the rest,
 * and installs the tarball in a project of its own, beside what it depends on: its dependencies and the peers that are
 * not optional.
 */
export async function packedPackage (t: Lifetime): Promise<PackedPackage> {
  const place = await mkdtemp(join(tmpdir(), 'packed-package-'))
  t.after(async () => {
    await rm(place, { recursive: true, force: true })
  })
  const clone = join(place, 'clone')
  await cp(root, clone, { recursive: true, filter: source => !notInAClone.has(relative(root, source)) })
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'))
  const { stdout } = await run('npm', ['pack', '--json', '--foreground-scripts=false', '--pack-destination', place], {
    cwd: clone,
    maxBuffer: 64 * 1024 * 1024
  })
  const [packed] = JSON.parse(stdout) as [
    { readonly filename: string; readonly files: ReadonlyArray<{ readonly path: string }> }
  ]
  const tarball = join(place, packed.filename)
  const project = join(place, 'project')
  const directory = await install(project, tarball)
  return { tarball, files: packed.files.map(({ path }) => path), project, directory }
}

interface Manifest {
  readonly name: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** Does what `npm install` does with a tarball, without a registry: what is needed is linked from this repository. */
async function install (project: string, tarball: string): Promise<string> {
  const modules = join(project, 'node_modules')
  const directory = join(modules, 'fastify-prisma-commons')
  await mkdir(directory, { recursive: true })
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true }))
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', directory])
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
    await readFile(join(directory, 'package.json'), 'utf8')
  ) as Manifest
  const peers = Object.keys(peerDependencies).filter(name => peerDependenciesMeta[name]?.optional !== true)
  for (const name of [...Object.keys(dependencies), ...peers]) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  return directory
}
