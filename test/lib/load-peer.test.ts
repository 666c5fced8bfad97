import t from 'tap'
import { loadPeer } from '../../lib/load-peer.js'

await t.test('an installed package is given as it is', async t => {
  t.equal((await loadPeer('xlsx', 'yazl', () => import('yazl'))).ZipFile, (await import('yazl')).ZipFile)
})

await t.test('an absent package is an error that says what to install', async t => {
  const name = 'a-package-that-nobody-installed'
  await t.rejects(
    loadPeer('xlsx', name, () => import(name)),
    {
      code: 'format_unavailable',
      status: 501,
      message: `Files of the type xlsx need the package ${name} on the server: npm install ${name}`,
      params: { format: 'xlsx', package: name }
    }
  )
})

await t.test('a package that fails while it loads keeps its error', async t => {
  const failure = new Error('broken')
  await t.rejects(
    loadPeer('xlsx', 'yazl', () => Promise.reject(failure)),
    failure
  )
})
