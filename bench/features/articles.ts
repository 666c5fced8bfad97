/** One new article, as Prisma and the bulk methods take it. */
export interface ArticleInput {
  readonly id: string
  readonly title: string
  readonly slug: string
  readonly content: string
  readonly published: boolean
  readonly authorId: number
  readonly metadata: { readonly views: number }
  readonly tags: string[]
  readonly notes: string | null
}

/** Columns that every update changes. */
export type ArticleChange = Pick<ArticleInput, 'title' | 'content' | 'notes'>

const subjects = [
  'Bulk writes, measured',
  "It's Łódź & more",
  'Locks and versions',
  'Straße nach Süden',
  'What a plugin costs'
]

/** The article at `index`: the same in every run. Every tenth has the title of the one before. */
export function articleAt (index: number): ArticleInput {
  const titled = index % 10 === 9 ? index - 1 : index
  return {
    id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    title: `${subjects[titled % subjects.length]}, part ${titled}`,
    slug: `article-${String(index).padStart(7, '0')}`,
    content: `Paragraph ${index}. ${'Rows are written by the statement, not by the loop. '.repeat(3)}`,
    published: index % 2 === 0,
    authorId: 1,
    metadata: { views: index },
    tags: ['bench', `group ${index % 7}`],
    notes: index % 3 === 0 ? null : `seen by ${index % 5}`
  }
}

export function articles (rows: number): ArticleInput[] {
  return Array.from({ length: rows }, (_, index) => articleAt(index))
}

/** What the article at `index` changes to: no value stays. */
export function changeAt (index: number): ArticleChange {
  const { title, content } = articleAt(index)
  return { title: `${title}, revised`, content: `${content}Revised.`, notes: `revised ${index}` }
}

/** What an upsert of `articles(rows)` finds: every second one, each tenth of these just as it will be sent. */
export function existingArticles (rows: number): ArticleInput[] {
  return articles(rows)
    .filter((_, index) => index % 2 === 0)
    .map((article, i) => (i % 10 === 9 ? article : { ...article, ...changeAt(i) }))
}

/** The article without its id, which Prisma or the extension makes. */
export function withoutId ({ id: _id, ...article }: ArticleInput): Omit<ArticleInput, 'id'> {
  return article
}
