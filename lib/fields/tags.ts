import { columnOf, readValue, valueOf } from './columns.js'

/** What a column of tags holds: a list, or text with commas. */
export type StoredTags = readonly string[] | string | null

export interface TagsColumn<Column extends string = string> {
  /** The column's name. Default: `tags`. */
  readonly tags?: Column | null
}

/** The type to store again: a list for a list, text for text. */
export type TagsFor<Row, Column extends string> = Column extends keyof Row
  ? Row[Column] extends readonly string[]
    ? string[]
    : null extends Row[Column]
      ? string | null
      : string
  : StoredTags

/**
 * The tags of a row: without blanks around them, without empty ones, each once. Upper and lower case differ.
 *
 * @param columns where the column has another name
 * @example
 * tagsOf({ tags: 'news, sport,news' }) // ['news', 'sport']
 * tagsOf({ tags: ['news', ' sport'] }) // ['news', 'sport']
 */
export function tagsOf (row: object, columns: TagsColumn = {}): string[] {
  return listOf(valueOf(row, 'tags', columns))
}

/**
 * The column's new value with these tags added. The row stays as it is; saving the value is the caller's.
 *
 * @throws TypeError when the row was read without the column; RangeError for a tag that is empty, or that holds a comma
 * where tags are text
 * @example
 * await prisma.article.update({ where: { id }, data: { tags: withTags(article, 'news') } })
 */
export function withTags<Row extends object, const Column extends string = 'tags'> (
  row: Row,
  tags: string | readonly string[],
  columns: TagsColumn<Column> = {}
): TagsFor<Row, Column> {
  const stored = readValue(row, 'tags', columns)
  const added = [tags].flat().map(tag => tag.trim())
  for (const tag of added) {
    if (tag === '') throw new RangeError('A tag may not be empty')
    if (!Array.isArray(stored) && tag.includes(',')) {
      throw new RangeError(
        `The tag "${tag}" holds a comma, which ends a tag in the text column "${columnOf('tags', columns)}"`
      )
    }
  }
  return storedAs(stored, [...listOf(stored), ...added]) as TagsFor<Row, Column>
}

/** The column's new value without these tags, as `withTags`; those that the row does not have make no difference. */
export function withoutTags<Row extends object, const Column extends string = 'tags'> (
  row: Row,
  tags: string | readonly string[],
  columns: TagsColumn<Column> = {}
): TagsFor<Row, Column> {
  const stored = readValue(row, 'tags', columns)
  const removed = new Set([tags].flat().map(tag => tag.trim()))
  return storedAs(
    stored,
    listOf(stored).filter(tag => !removed.has(tag))
  ) as TagsFor<Row, Column>
}

function listOf (stored: unknown): string[] {
  const tags = typeof stored === 'string' ? stored.split(',') : Array.isArray(stored) ? (stored as string[]) : []
  return [...new Set(tags.map(tag => tag.trim()).filter(tag => tag !== ''))]
}

/** A list column is never null, so that null is text that was never set; it stays null as long as there is no tag. */
function storedAs (stored: unknown, tags: readonly string[]): StoredTags {
  const list = [...new Set(tags)]
  if (Array.isArray(stored)) return list
  return stored === null && list.length === 0 ? null : list.join(', ')
}
