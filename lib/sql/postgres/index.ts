import type { Dialect } from '../dialect.js'
import { computed } from './computed.js'
import { cascade, purge } from './deletion.js'
import { encodeColumn, encodeFlags, encodeValue } from './encode.js'
import { isTextual } from './cell-text.js'
import { featureValue } from './feature-value.js'
import { freeSlugs } from './free-slugs.js'
import { insert } from './insert.js'
import { find, findMissing, findReferred, findTaken, remove } from './keyed.js'
import { keyText } from './key-text.js'
import { merge } from './merge.js'
import { page, seek, whole } from './page.js'
import { findAny, findRelated, link } from './related.js'
import { decoder } from './select.js'
import { common, countTo, textLines, textPage } from './text-page.js'
import { park } from './park.js'
import { update } from './update.js'
import { upsert } from './upsert.js'

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
