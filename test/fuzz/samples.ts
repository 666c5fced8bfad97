import type { Random } from './random.js'
import { fields, value } from './values.js'

type Item = Readonly<Record<string, unknown>>

/** An item that each resource of the example takes, by a number that tells it from others. */
const samples: Readonly<Record<string, (i: number) => Item>> = {
  '/api/customers': i => ({ code: `F-${i}`, name: 'Fuzz', email: `f${i}@example.com` }),
  '/api/contracts': i => ({
    contractNumber: `F-${i}`,
    year: 2000 + (i % 50),
    amount: '12.50',
    customer: 1,
    tags: [1, 2]
  }),
  '/api/tags': i => ({ slug: `f-${i}`, name: 'Fuzz' }),
  '/api/articles': i => ({ title: `Fuzz ${i % 20}`, content: 'c', author: 1, tags: ['a'], metadata: { i } }),
  '/api/comments': i => ({ articleId: '01940000-0000-7000-8000-000000000001', body: 'b', rating: 1 + (i % 5) }),
  '/api/departments': i => ({ code: `F-${i}`, name: 'Fuzz' }),
  '/api/employees': i => ({ firstName: 'F', lastName: 'Z', email: `f${i}@example.com`, department: 'D-1' }),
  '/api/invoices': i => ({
    number: `F-${i}`,
    issuedOn: '2026-01-01',
    lineItems: [{ description: 'd', quantity: 1, unitPrice: '1.00' }]
  })
}

/** An item for a route, most often sound, else with one field that is not; undefined for routes that write none. */
export function sampleFor (random: Random, url: string): Item | undefined {
  const make = samples[Object.keys(samples).find(path => url.startsWith(path)) ?? '']
  if (make === undefined) return undefined
  const item = make(random.below(2000))
  return random.chance(0.6)
    ? item
    : { ...item, [random.pick([...Object.keys(item), random.pick(fields)])]: value(random) }
}
