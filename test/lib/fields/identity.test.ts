import { age, fullName, genders, initials } from 'fastify-prisma-commons/fields'
import t from 'tap'

await t.test('a name is its parts, without those that are empty', t => {
  t.equal(fullName({ firstName: 'Ada', middleName: 'King', lastName: 'Lovelace' }), 'Ada King Lovelace')
  t.equal(fullName({ firstName: ' Ada ', middleName: null, lastName: 'Lovelace' }), 'Ada Lovelace')
  t.equal(fullName({ firstName: 'Ada', middleName: '  ', lastName: '' }), 'Ada')
  t.equal(fullName({ firstName: '' }), '')
  t.equal(
    fullName({ given: 'Ada', firstName: 'not me', lastName: 'nor me' }, { firstName: 'given', lastName: null }),
    'Ada'
  )
  t.equal(fullName({ given: 'Ada', lastName: 'Lovelace' }, { firstName: 'given' }), 'Ada Lovelace')
  t.equal(fullName({ lastName: 'Lovelace' }, { firstName: 'toString' }), 'Lovelace', 'what is inherited is no column')
  t.end()
})

await t.test('initials are first letters as a reader counts them', t => {
  t.equal(initials({ firstName: 'john', middleName: 'Ed', lastName: 'doe' }), 'JED')
  t.equal(initials({ firstName: '', lastName: 'doe' }), 'D')
  t.equal(initials({ firstName: '' }), '')
  t.equal(initials({ firstName: 'e\u0301mile', lastName: '𝒜da' }), 'E\u0301𝒜')
  t.equal(initials({ firstName: '👩‍🚀 Sally', lastName: '🇩🇪x' }), '👩‍🚀🇩🇪')
  t.equal(initials({ given: 'ada', lastName: 'x' }, { firstName: 'given', lastName: null }), 'A')
  t.end()
})

await t.test('age is whole years, counted in days of UTC', t => {
  const born = new Date('2000-05-17')
  const ages = (dates: string[], birth = born) => dates.map(date => age(birth, new Date(date)))
  t.strictSame(
    ages(['2026-05-16T23:59:59.999Z', '2026-05-17T00:00:00Z', '2026-06-01', '2026-04-30', '2026-12-31']),
    [25, 26, 26, 25, 26]
  )
  t.strictSame(
    ages(['2001-02-27', '2001-02-28', '2001-03-01', '2004-02-28', '2004-02-29'], new Date('2000-02-29')),
    [0, 0, 1, 3, 4]
  )
  t.strictSame(ages(['2000-05-17', '2000-05-16', '1999-12-31']), [0, null, null])
  t.end()
})

await t.test('an age can be taken of a row, today or another day', t => {
  const year = new Date().getUTCFullYear()
  t.equal(age({ dateOfBirth: new Date(Date.UTC(year - 30, 0, 1)) }), 30)
  t.equal(age({ born: new Date('2000-01-01') }, new Date('2010-01-01'), { dateOfBirth: 'born' }), 10)
  t.strictSame(
    [age({ dateOfBirth: null }), age({ firstName: 'Ada' }), age(null), age(undefined)],
    [null, null, null, null]
  )
  t.throws(() => age(new Date(NaN)), new TypeError('age: the date of birth must be a valid Date'))
  t.throws(
    () => age({ dateOfBirth: '2000-01-01' as never }),
    new TypeError('age: the date of birth must be a valid Date')
  )
  t.throws(() => age(new Date(0), new Date(NaN)), new TypeError('age: the day to count to must be a valid Date'))
  t.end()
})

await t.test('there are four genders to choose from', t => {
  t.strictSame(genders, ['male', 'female', 'other', 'prefer_not_to_say'])
  t.end()
})
