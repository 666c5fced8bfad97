import { uniqueIndexName } from '../constraint-names.js'
import { choice, column, columns, conditions, optionalColumn, text } from './feature-arguments.js'
import { addressColumns, computedNames, identityColumns, metaColumns } from './feature-columns.js'
import { schemaOf, valueArguments } from './value-arguments.js'
import { keywordProblem } from '../value-keywords.js'
import type { Definition, Arguments } from './feature-definition.js'

/**
 * Every annotation the suite knows, by the name that follows `@commons.`. A new feature is one entry here and one key
 * in `Features`.
 */
export const definitions: { readonly [name: string]: Definition } = {
  audit: define({
    args: {
      createdAt: column({ name: 'createdAt', type: 'DateTime', required: null, attribute: '@default(now())' }),
      updatedAt: column({
        name: 'updatedAt',
        type: 'DateTime',
        required: null,
        attribute: '@updatedAt',
        advice: '@default(now())'
      }),
      createdBy: optionalColumn({ name: 'createdById', type: null, required: null, modifier: '?' }),
      updatedBy: optionalColumn({ name: 'updatedById', type: null, required: null, modifier: '?' }),
      deletedBy: optionalColumn({ name: 'deletedById', type: null, required: false, extra: true }),
      restoredBy: optionalColumn({ name: 'restoredById', type: null, required: false, extra: true })
    },
    apply: (draft, args) => {
      draft.features.audit = args
    }
  }),

  softDelete: define({
    args: {
      deletedAt: column({ name: 'deletedAt', type: 'DateTime', required: false }),
      isActive: optionalColumn({
        name: 'isActive',
        type: 'Boolean',
        required: null,
        attribute: '@default(true)',
        extra: true
      }),
      deletionId: optionalColumn({ name: 'deletionId', type: 'String', required: false })
    },
    apply: (draft, args) => {
      draft.features.softDelete = args
    }
  }),

  version: define({
    args: {
      field: column({ name: 'version', type: 'Int', required: true, hasDefault: true, attribute: '@default(1)' }),
      revisionNotes: optionalColumn({ name: 'revisionNotes', type: 'String', required: false, extra: true })
    },
    apply: (draft, args) => {
      draft.features.version = args
    }
  }),

  slug: define({
    target: { name: 'slug', type: 'String', required: null, advice: '@unique' },
    args: {
      from: columns({ type: 'String', required: null })
    },
    apply: (draft, { from }, { field }) => {
      draft.features.slug = [...(draft.features.slug ?? []), { field: field!.name, from }]
    }
  }),

  currentUser: define({
    target: { name: 'userId', type: null, required: null, modifier: '?' },
    args: {
      on: choice('create', 'update')
    },
    apply: (draft, { on }, { field }) => {
      draft.features.currentUser = [...(draft.features.currentUser ?? []), { field: field!.name, on }]
    }
  }),

  generated: define({
    target: { name: 'generated', type: null, required: null, list: true },
    declares: true,
    args: {},
    apply: (draft, _args, { field }) => {
      draft.features.generated = [...(draft.features.generated ?? []), field!.name]
    }
  }),

  value: define({
    target: { name: 'value', type: null, required: null, list: true },
    declares: true,
    shares: true,
    args: valueArguments,
    apply: (draft, args, place) => {
      const schema = schemaOf(args)
      const problem = keywordProblem(place.field!, schema)
      if (problem !== null) place.report(problem, '')
      else draft.features.values = [...(draft.features.values ?? []), { field: place.field!.name, schema }]
    }
  }),

  meta: define({
    needsOne: true,
    args: metaColumns,
    apply: (draft, args) => {
      draft.features.meta = args
    }
  }),

  identity: define({
    computes: computedNames.identity,
    args: identityColumns,
    apply: (draft, args) => {
      draft.features.identity = args
    }
  }),

  address: define({
    needsOne: true,
    computes: computedNames.address,
    args: addressColumns,
    apply: (draft, args) => {
      draft.features.address = args
    }
  }),

  unique: define({
    repeatable: true,
    args: {
      name: text,
      fields: columns({ type: null, required: null }),
      where: conditions
    },
    apply: (draft, { name: given, fields, where }, place) => {
      const { model, provider } = place
      const name = given ?? fields.join('_')
      if ([...model.uniques, ...draft.uniques].some(unique => unique.name === name)) {
        place.report(
          `Model ${model.name} has another unique constraint of the name "${name}"`,
          'Give this one a name of its own: `name: "…"`'
        )
        return
      }
      const columnOf = new Map(model.fields.map(field => [field.name, field.column]))
      const index =
        given ??
        uniqueIndexName(
          provider,
          model.table,
          fields.map(field => columnOf.get(field)!)
        )
      draft.uniques.push({ name, fields, primary: false, index, where })
    }
  })
}

/** Lets each entry of the table infer the types of its own arguments, then forgets them: the table is read as one. */
function define<Args extends Arguments> (definition: Definition<Args>): Definition {
  return definition as unknown as Definition
}
