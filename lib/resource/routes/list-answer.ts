import { listOf } from '../list/resource-list.js'
import type { Row } from '../../store/read/find.js'
import { participles } from '../definition/actions.js'
import type { Answer } from './answer.js'
import type { Resource } from '../definition/resource.js'
import type { ListRequest } from '../list/list-request.js'
import { linkTo, pageLinks, type Paging } from '../list/paging.js'
import type { Listing } from '../list/read-rows.js'

/** The answer to a list; `url` is that of the request. */
export function listAnswer (resource: Resource, request: ListRequest, listing: Listing, url: string): Answer {
  return {
    status: 200,
    message: resource.rules.messages?.list ?? `${resource.plural} ${participles.list} successfully`,
    data: dataOf(resource, request, listing, url)
  }
}

function dataOf (resource: Resource, request: ListRequest, listing: Listing, url: string): object {
  const { appendIndexes } = listOf(resource)
  const paging = request.kind === 'rows' ? request.paging : null
  const results =
    appendIndexes === null ? listing.rows : numbered(listing.rows, appendIndexes === 'absolute' ? firstOf(paging) : 1)
  switch (listing.kind) {
    case 'counted': {
      const links =
        paging?.style === 'page' || paging?.style === 'offset'
          ? pageLinks(url, paging, listing.count)
          : { next: null, previous: null }
      return { count: listing.count, ...links, results }
    }
    case 'sought': {
      const link = (cursor: string | null): string | null =>
        cursor === null || paging?.style !== 'cursor' ? null : linkTo(url, { cursor, page_size: paging.pageSize })
      return { next: link(listing.next), previous: link(listing.previous), results }
    }
    case 'found':
      return { count: results.length, results, operation_type: 'multi_get', missing_ids: listing.missing }
  }
}

/** The place of the first row in the whole list, from 1. Nobody knows it of a cursor. */
function firstOf (paging: Paging | null): number {
  switch (paging?.style) {
    case 'page':
      return (paging.page - 1) * paging.pageSize + 1
    case 'offset':
      return paging.offset + 1
    default:
      return 1
  }
}

function numbered (rows: readonly Row[], first: number): readonly Row[] {
  return rows.map((row, i) => ({ index: first + i, ...row }))
}
