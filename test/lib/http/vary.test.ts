import t from 'tap'
import { addVary } from '../../../lib/http/vary.js'

await t.test('a name is added once, and what is there stays', async t => {
  const added = (earlier: unknown): unknown => {
    let vary = earlier
    addVary(
      {
        getHeader: () => vary,
        header: (_name, value) => {
          vary = value
        }
      },
      'Prefer'
    )
    return vary
  }
  t.strictSame(
    [undefined, 'Origin', 'prefer', 'Accept, PREFER', 'Prefers', '*', ['Origin', 'Accept'], ''].map(added),
    [
      'Prefer',
      'Origin, Prefer',
      'prefer',
      'Accept, PREFER',
      'Prefers, Prefer',
      '*',
      'Origin, Accept, Prefer',
      'Prefer'
    ]
  )
})
