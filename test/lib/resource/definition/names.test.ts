import t from 'tap'
import { namesOf } from '../../../../lib/resource/definition/names.js'

await t.test('names come from the model’s, as sentences write them', async t => {
  const cases = {
    Contract: ['Contract', 'Contracts'],
    LineItem: ['Line item', 'Line items'],
    Category: ['Category', 'Categories'],
    Day: ['Day', 'Days'],
    Address: ['Address', 'Addresses'],
    TaxBox: ['Tax box', 'Tax boxes'],
    Branch: ['Branch', 'Branches'],
    Wish: ['Wish', 'Wishes'],
    ApiKey: ['Api key', 'Api keys'],
    APIKey: ['API key', 'API keys'],
    UserID: ['User ID', 'User IDs'],
    Level2Support: ['Level2 support', 'Level2 supports'],
    tag: ['tag', 'tags']
  }
  t.strictSame(
    Object.fromEntries(
      Object.keys(cases).map(model => {
        const { singular, plural } = namesOf(model)
        return [model, [singular, plural]]
      })
    ),
    cases
  )
})

await t.test('names that are given win, and the plural follows the singular', async t => {
  t.strictSame(namesOf('Person', 'Person', 'People'), { singular: 'Person', plural: 'People' })
  t.strictSame(namesOf('Tag', 'Entry'), { singular: 'Entry', plural: 'Entries' })
  t.strictSame(namesOf('Tag', undefined, 'Labels'), { singular: 'Tag', plural: 'Labels' })
})
