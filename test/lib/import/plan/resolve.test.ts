import t from 'tap'
import { metadata } from '../../../../prisma/generated/metadata.js'
import type { ImportOptions } from '../../../../lib/import/plan/options.js'
import { importOf } from '../../../../lib/import/plan/resolve.js'
import { Registry } from '../../../../lib/model/registry.js'
import { resolveResource } from '../../../../lib/resource/definition/resource.js'
import { defineResource, type ResourceOptions } from '../../../../lib/define/define-resource.js'

const registry = new Registry(metadata)

function planOf (options: ImportOptions, resource: Partial<ResourceOptions> = {}): ReturnType<typeof importOf> {
  return importOf(resolveResource(defineResource({ model: 'Employee', ...resource, import: options }), registry))
}

const names = { firstName: 'firstName', lastName: 'lastName', email: 'email' }
const department = { model: 'Department', fields: ['code', 'name'], uniqueFields: ['code'] } as const

await t.test('what an import gets wrong is told when it is registered', async t => {
  const cases: readonly (readonly [ImportOptions, RegExp])[] = [
    [{ fields: { ...names, mail: 'x' } }, /option "fields" names the unknown field "mail"\. Did you mean "email"\?/],
    [{ fields: ['firstName', 'lastName'] }, /the field "email" gets no value, and rows cannot be without/],
    [
      { fields: { ...names, firstName: { column: 'a', transform: 'trim' } }, transforms: { trimmed: value => value } },
      /option "transform" names "trim", which is not among "transforms"\. Known: trimmed/
    ],
    [
      { fields: { ...names, departmentId: { lookup: 'cod' } } },
      /option "lookup" names the unknown field "cod" of Department\. Did you mean "code"\?/
    ],
    [
      { fields: { ...names, departmentId: { lookup: 'name' } } },
      /option "lookup" names "name", which is no unique field of Department/
    ],
    [
      { fields: { ...names, salary: { lookup: 'code' } } },
      /option "lookup" needs "model", since the field is no key of a relation/
    ],
    [
      { fields: { ...names, salary: { lookup: 'code', model: 'Departmnt' } } },
      /option "model" names no model of the schema\. Did you mean "Department"\?/
    ],
    [{ fields: { ...names, salary: { constant: 'much' } } }, /option "constant" is no value of the field/],
    [
      { fields: { ...names, salary: { constant: 1, compute: () => 1 } as never } },
      /"constant" and "compute" exclude each other/
    ],
    [
      { fields: { ...names, phone: { column: 'a', trnsform: 'x' } as never } },
      /unknown option "trnsform"\. Did you mean "transform"\?/
    ],
    [{ fields: { ...names, phone: { compute: () => '1', column: 'a' } } }, /option "column" needs the mode "ifEmpty"/],
    [
      { fields: { ...names, departmentId: { reference: 'departments' } } },
      /option "reference" names "departments", which is no model of the import/
    ],
    [
      { fields: { ...names, phone: { column: 'x', aliases: ['email'] } } },
      /the columns "email" and "x" share a header/
    ],
    [
      { fields: names, uniqueFields: ['firstName'] },
      /option "uniqueFields" is \[firstName\], which is not a unique constraint of Employee\. Unique constraints: id; email/
    ],
    [{ fields: names, uniqueFields: ['id'] }, /option "uniqueFields" names "id", which gets no value/],
    [{ fields: names, updateIfExists: true }, /option "updateIfExists" needs "uniqueFields"/],
    [
      { models: { departments: department }, order: ['departments', 'x'] },
      /option "order" names the unknown model "x"/
    ],
    [
      { models: { departments: department, employees: { model: 'Employee', fields: names } }, order: ['departments'] },
      /option "order" leaves out the model "employees"/
    ],
    [{ models: { departments: department } }, /none of the models is Employee/],
    [{ models: {} }, /option "order" must name each model once/],
    [{ models: { departments: department }, fields: ['email'] }, /belong into "models"/],
    [
      {
        models: {
          employees: { model: 'Employee', fields: { ...names, department: { reference: 'departments' } } },
          departments: department
        }
      },
      /option "reference" names "departments", which is no earlier model/
    ],
    [
      { models: { x: { model: 'Employe' } } },
      /option "model" names no model of the schema\. Did you mean "Employee"\?/
    ],
    [{ models: { x: {} as never } }, /model "x": option "model" is required/],
    [{ chunkSize: 0 }, /option "chunkSize" must be an integer from 1 to 100000, not 0/],
    [{ limits: { rowz: 1 } as never }, /option "limits": unknown option "rowz"\. Did you mean "rows"\?/],
    [{ csv: { delimiter: ';;' } }, /option "delimiter" must be one character/],
    [{ formats: ['xls' as never] }, /option "formats" must be a list of csv, xlsx/],
    [{ fieldz: names } as never, /unknown option "fieldz"\. Did you mean "fields"\?/]
  ]
  for (const [options, message] of cases) {
    t.throws(() => planOf(options), { name: 'TypeError', message }, String(message))
  }
  t.throws(() => planOf({ fields: { ...names, createdAt: 'x' } as never }), { message: /unknown field "createdAt"/ })
})

await t.test('without fields every one that a client may write has a column of its name', async t => {
  const { columns, steps, chunkSize, limits } = planOf({ foreignKeys: { department: { lookup: 'code' } } })
  t.strictSame(
    columns.map(({ name, required }) => (required ? `${name}!` : name)),
    [
      'firstName!',
      'lastName!',
      'middleName',
      'email!',
      'dateOfBirth',
      'salary',
      'phone',
      'addressLine1',
      'addressLine2',
      'city',
      'stateProvince',
      'postalCode',
      'country',
      'latitude',
      'longitude',
      'department'
    ]
  )
  t.match([steps.length, steps[0]?.name, steps[0]?.on, chunkSize, limits.rows], [1, 'Employee', null, 2000, 1_000_000])
  t.strictSame(columns.at(-1)?.aliases, ['department.code'])
})

await t.test('columns that several fields take their values from are one', async t => {
  const { columns } = planOf({
    fields: {
      ...names,
      middleName: { column: 'firstName', hint: 'given name' },
      phone: { constant: '1' },
      city: { compute: () => 'x' }
    }
  })
  t.strictSame(
    columns.map(({ name, required, hint }) => [name, required, hint]),
    [
      ['firstName', true, 'given name'],
      ['lastName', true, null],
      ['email', true, null]
    ]
  )
})
