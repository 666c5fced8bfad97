import t from 'tap'
import type { FieldMeta, Metadata } from '../../../../lib/model/meta.js'
import { Registry } from '../../../../lib/model/registry.js'
import { completeRow } from '../../../../lib/resource/write/replace-row.js'
import { defineResource } from '../../../../lib/define/define-resource.js'
import { resolveResource } from '../../../../lib/resource/definition/resource.js'
import { metadata } from '../../../../prisma/generated/metadata.js'

const { Article, Token } = metadata.models
/** As Article, but rows may be without a slug. */
const fields: FieldMeta[] = Article.fields.map(field =>
  field.name === 'slug' ? { ...field, required: false } : field
)
const changed: Metadata = { ...metadata, models: { ...metadata.models, Article: { ...Article, fields } } }

await t.test(
  'what an item does not name goes to its literal default, null or an empty list; keys, slugs and what is ' +
    'generated stay out',
  t => {
    const articles = resolveResource(defineResource({ model: 'Article', readOnly: ['notes'] }), new Registry(changed))
    t.strictSame(completeRow(articles, Article.uniques[0]!, { title: 'T', published: true, metadata: undefined }), {
      title: 'T',
      published: true,
      metadata: undefined,
      authorId: null,
      tags: []
    })
    const tokens = resolveResource(defineResource({ model: 'Token' }), new Registry(changed))
    t.strictSame(completeRow(tokens, Token.uniques[0]!, { email: 'a' }), {
      email: 'a',
      label: 'it\'s "new"',
      color: 'GREEN',
      scopes: ['read', 'write'],
      deletedAt: null
    })
    t.end()
  }
)
