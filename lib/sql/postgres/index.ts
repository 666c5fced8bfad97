import type { Dialect } from '../port/dialect.js'
import { computed } from './reads/computed.js'
import { cascade, purge } from './writes/deletion.js'
import { encodeColumn, encodeFlags, encodeValue } from './values/encode.js'
import { isTextual } from './reads/cell-text.js'
import { featureValue } from './values/feature-value.js'
import { freeSlugs } from './reads/free-slugs.js'
import { insert } from './writes/insert.js'
import { find, findMissing, findReferred, findTaken, remove } from './writes/keyed.js'
import { keyText } from './values/key-text.js'
import { merge } from './writes/merge.js'
import { page, seek, whole } from './reads/page.js'
import { findAny, findRelated, link } from './reads/related.js'
import { decoder } from './clauses/select.js'
import { common, countTo, textLines, textPage } from './reads/text-page.js'
import { park } from './writes/park.js'
import { update } from './writes/update.js'
import { upsert } from './writes/upsert.js'

/** PostgreSQL 13 and later. */
export const postgres: Dialect = {
  name: 'postgresql',
  encode: encodeColumn,
  encodeValue,
  encodeFlags,
  keyText,
  insert,
  upsert,
  merge,
  update,
  park,
  delete: remove,
  cascade,
  purge,
  find,
  computed,
  featureValue,
  findAny,
  findRelated,
  link,
  page,
  seek,
  isTextual,
  textPage,
  all: whole,
  textLines,
  snapshot: {
    // Compiling the lines of many rows takes longer than all that comes before the first of them.
    begin: [
      { text: 'begin isolation level repeatable read read only', values: [] },
      { text: 'set local jit = off', values: [] }
    ],
    end: { text: 'rollback', values: [] }
  },
  cursor: {
    open: ({ text, values }) => ({ text: `declare commons_rows no scroll cursor for ${text}`, values }),
    fetch: take => ({ text: `fetch ${take} from commons_rows`, values: [] })
  },
  countTo,
  common,
  findTaken,
  findMissing,
  findReferred,
  freeSlugs,
  savepoint: {
    begin: { text: 'SAVEPOINT commons_trial', values: [] },
    undo: { text: 'ROLLBACK TO SAVEPOINT commons_trial', values: [] },
    end: { text: 'RELEASE SAVEPOINT commons_trial', values: [] }
  },
  checkDeferred: { text: 'SET CONSTRAINTS ALL IMMEDIATE', values: [] },
  decoder
}
