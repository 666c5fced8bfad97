import {
  age,
  coordinates,
  fullName,
  genders,
  isDeleted,
  metadataValue,
  tagsOf,
  withMetadataValue,
  withTags
} from 'fastify-prisma-commons/fields'
import type { Gender, JsonValue } from 'fastify-prisma-commons/fields'
import { Type } from '@sinclair/typebox'
import type { Prisma, PrismaClient } from '../../prisma/generated/client/client.js'
import type { ArticleModel, EmployeeModel } from '../../prisma/generated/client/models.js'
import { metadata } from '../../prisma/generated/metadata.js'
import type { Extended, Untold, Widened } from './clients.js'
import type { Equal, Expect, Flat } from './expect.js'

export async function computed (prisma: Extended, plain: PrismaClient, untold: Untold, widened: Widened) {
  const row = await prisma.employee.findFirstOrThrow()
  const selected = await prisma.employee.findFirstOrThrow({ select: { fullName: true, age: true, coordinates: true } })
  const related = await prisma.department.findFirstOrThrow({
    select: { employees: { select: { initials: true, hasCoordinates: true } } }
  })
  const { rows } = await prisma.employee.bulkUpdate({ data: [], select: { id: true, shortAddress: true } })
  await prisma.$transaction(async tx => (await tx.employee.findFirstOrThrow({ omit: { fullAddress: true } })).fullName)

  // @ts-expect-error the model is no person
  await prisma.department.findFirstOrThrow({ select: { fullName: true } })
  // @ts-expect-error nor are its rows
  await prisma.department.findFirstOrThrow().then(({ fullName }) => fullName)
  // @ts-expect-error a computed field cannot be written
  await prisma.employee.create({ data: { firstName: 'a', lastName: 'b', email: 'c', fullName: 'a b' } })
  // @ts-expect-error without the extension there is none
  await plain.employee.findFirstOrThrow({ select: { fullName: true } })
  // @ts-expect-error the compiler knows them from the generated metadata alone
  await untold.employee.findFirstOrThrow({ select: { fullName: true } })
  // @ts-expect-error as above
  await widened.employee.findFirstOrThrow({ select: { fullName: true } })
  return { row, selected, related, bulk: rows }
}

type Rows = Awaited<ReturnType<typeof computed>>

export type ComputedTypes = [
  Expect<
    Equal<
      Flat<Rows['selected']>,
      { fullName: string; age: number | null; coordinates: [latitude: number, longitude: number] | null }
    >
  >,
  Expect<Equal<Flat<Rows['related']['employees'][number]>, { initials: string; hasCoordinates: boolean }>>,
  Expect<Equal<Flat<Rows['bulk'][number]>, { id: number; shortAddress: string }>>,
  Expect<
    Equal<
      Exclude<keyof Rows['row'], keyof EmployeeModel>,
      'fullName' | 'initials' | 'age' | 'fullAddress' | 'shortAddress' | 'hasCoordinates' | 'coordinates'
    >
  >
]

export function json (
  { employee }: Extended,
  row: EmployeeModel & { department: { id: number } | null; fullName: string }
) {
  const every = employee.toJson(row)
  const some = employee.toJson(row, {
    fields: ['id', 'salary', 'dateOfBirth', 'department', 'fullName'],
    exclude: ['id']
  })
  const without = employee.toJson(row, { exclude: ['id', 'salary'] })
  const general = employee.toJson(row, { fields: ['id', 'city'], excludeGeneral: true })
  // @ts-expect-error an unknown field
  employee.toJson(row, { fields: ['colour'] })
  // @ts-expect-error as above
  employee.toJson(row, { exclude: ['colour'] })
  // @ts-expect-error an unknown option
  employee.toJson(row, { excluded: ['id'] })
  // @ts-expect-error a row is an object
  employee.toJson('row')
  return { every, some, without, general }
}

type Json = ReturnType<typeof json>

export type JsonTypes = [
  Expect<Equal<Json['every']['latitude'], string | null>>,
  Expect<
    Equal<
      Flat<Json['some']>,
      { salary: string | null; dateOfBirth: string | null; department: { id: number } | null; fullName: string }
    >
  >,
  Expect<Equal<Exclude<keyof Json['every'], keyof Json['without']>, 'id' | 'salary'>>,
  Expect<Equal<Flat<Json['general']>, { id?: number; city?: string | null }>>
]

export function functions (article: ArticleModel, employee: EmployeeModel) {
  const data: Prisma.ArticleUpdateInput = {
    tags: withTags(article, 'a'),
    metadata: withMetadataValue(article, 'a', { b: [1, null] })
  }
  const text = withTags({ labels: 'a' as string | null }, 'b', { tags: 'labels' })
  const value = metadataValue(article, ['a', 0], false)
  const schema = Type.Unsafe<Gender>({ type: 'string', enum: genders })
  fullName(employee, metadata.models.Employee.features.identity)
  tagsOf(article, metadata.models.Article.features.meta)
  isDeleted(article)
  age(employee, new Date())

  // @ts-expect-error no column of a person
  fullName({ name: 'a' })
  // @ts-expect-error a part that no person has
  fullName(employee, { surname: 'lastName' })
  // @ts-expect-error read without the column
  isDeleted({ id: 1 })
  // @ts-expect-error metadata is JSON
  withMetadataValue(article, 'a', new Date())
  return { data, text, value, schema, coordinates: coordinates(employee) }
}

type Functions = ReturnType<typeof functions>

export type FunctionTypes = [
  Expect<Equal<Functions['text'], string | null>>,
  Expect<Equal<Functions['value'], JsonValue | undefined>>,
  Expect<Equal<Functions['schema']['static'], 'male' | 'female' | 'other' | 'prefer_not_to_say'>>,
  Expect<Equal<Functions['coordinates'], [latitude: number, longitude: number] | null>>
]
