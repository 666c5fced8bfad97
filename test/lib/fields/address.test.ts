import { coordinates, fullAddress, hasCoordinates, shortAddress } from 'fastify-prisma-commons/fields'
import t from 'tap'
import { Prisma } from '../../../prisma/generated/client/client.js'

const whole = {
  addressLine1: '1 Main St',
  addressLine2: 'Floor 2',
  city: 'Springfield',
  stateProvince: 'IL',
  postalCode: '62701',
  country: 'US'
}

await t.test('an address is its parts with commas between, without those that are empty', t => {
  t.equal(fullAddress(whole), '1 Main St, Floor 2, Springfield, IL, 62701, US')
  t.equal(shortAddress(whole), 'Springfield, IL, US')
  const partial = { ...whole, addressLine2: null, stateProvince: ' ', city: ' Springfield\n' }
  t.equal(fullAddress(partial), '1 Main St, Springfield, 62701, US')
  t.equal(shortAddress(partial), 'Springfield, US')
  t.strictSame([fullAddress({}), shortAddress({})], ['', ''])
  const columns = { addressLine1: null, city: 'town' }
  t.equal(fullAddress({ ...whole, town: 'Shelbyville' }, columns), 'Floor 2, Shelbyville, IL, 62701, US')
  t.equal(shortAddress({ ...whole, town: 'Shelbyville' }, columns), 'Shelbyville, IL, US')
  t.end()
})

await t.test('coordinates are numbers, or none', t => {
  t.strictSame(coordinates({ latitude: new Prisma.Decimal('51.47790000'), longitude: -0.0015 }), [51.4779, -0.0015])
  t.strictSame(coordinates({ latitude: new Prisma.Decimal(0), longitude: 0 }), [0, 0])
  t.equal(hasCoordinates({ latitude: 0, longitude: 0 }), true)
  for (const row of [
    {},
    { latitude: 1 },
    { longitude: 1 },
    { latitude: 1, longitude: null },
    { latitude: NaN, longitude: 1 }
  ]) {
    t.strictSame([coordinates(row), hasCoordinates(row)], [null, false], JSON.stringify(row))
  }
  t.strictSame(coordinates({ lat: 1, longitude: 2 }, { latitude: 'lat' }), [1, 2])
  t.equal(hasCoordinates({ latitude: 1, longitude: 2 }, { latitude: null }), false)
  t.end()
})
