import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import t from 'tap'
import { lockFolder } from '../../examples/database/folder-lock.js'

const module = import.meta.resolve('../../examples/database/folder-lock.js')

/** Runs code in a process of its own, with `lockFolder` and `folder` at hand. */
function run (folder: string, code: string): ReturnType<typeof spawn> {
  const script =
    `const { lockFolder } = await import(${JSON.stringify(module)}); const folder = ` +
    `${JSON.stringify(folder)}; ${code}`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
}

/** The pid of a process that is no more. */
async function deadPid (): Promise<number> {
  const child = run(t.testdirName, '')
  await once(child, 'exit')
  return child.pid!
}

await t.test('a folder belongs to one user until it is given back', async t => {
  const folder = `${t.testdir()}/new/folder`
  const unlock = lockFolder(folder)
  t.strictSame(await readdir(folder), ['lock'])
  t.throws(() => lockFolder(folder), {
    message:
      `${folder} is in use by process ${process.pid}. Stop it or choose another folder; if ${process.pid} ` +
      `is no such server, delete ${folder}/lock`
  })
  unlock()
  t.strictSame(await readdir(folder), [])
  lockFolder(folder)()
  unlock()
  t.strictSame(await readdir(folder), [])
})

await t.test('another living process is named', async t => {
  const folder = t.testdir()
  const child = run(folder, "lockFolder(folder); console.log('locked'); process.stdin.resume()")
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout!, 'data')
  t.throws(() => lockFolder(folder), {
    message:
      `${folder} is in use by process ${child.pid}. Stop it or choose another folder; if ${child.pid} is no ` +
      `such server, delete ${folder}/lock`
  })

  child.kill('SIGKILL')
  await once(child, 'exit')
  lockFolder(folder)()
  t.strictSame(await readdir(folder), [], 'the lock of a killed process is taken over')
})

await t.test('a process of another user counts as living', async t => {
  const folder = t.testdir({ lock: '1' })
  t.throws(() => lockFolder(folder), { message: /in use by process 1\./ })
})

await t.test('locks that nobody can hold are taken over', async t => {
  const folder = t.testdir()
  for (const content of [String(process.pid), String(await deadPid()), '', 'rubbish', '0', '-1']) {
    await writeFile(`${folder}/lock`, content)
    lockFolder(folder)()
    t.strictSame(await readdir(folder), [], `content "${content}"`)
  }
})

await t.test('a lock that cannot be read is reported', async t => {
  const folder = t.testdir({ lock: {} })
  t.throws(() => lockFolder(folder), { code: 'EISDIR' })
  t.strictSame(await readdir(folder), ['lock'])
})

await t.test('of many that want a stale lock at once, one gets it', async t => {
  const folder = t.testdir({ lock: String(await deadPid()) })
  const children = Array.from({ length: 6 }, () =>
    run(
      folder,
      `
    process.stdin.once('data', () => {
      try { lockFolder(folder); console.log('mine') } catch (error) { console.log(error.message.includes('in use') ? 'refused' : error) }
    })
    console.log('ready')`
    )
  )
  t.after(() => {
    for (const child of children) child.kill('SIGKILL')
  })
  const nextLines = async (): Promise<string[]> =>
    await Promise.all(children.map(async child => String((await once(child.stdout!, 'data'))[0])))
  t.strictSame(
    await nextLines(),
    children.map(() => 'ready\n')
  )
  // They live on after their answer: an ended holder would make its lock stale again.
  const answers = nextLines()
  for (const child of children) child.stdin!.write('go')
  t.strictSame((await answers).sort(), ['mine\n', ...Array.from({ length: 5 }, () => 'refused\n')])
})
