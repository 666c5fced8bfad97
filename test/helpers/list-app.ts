import type { Sender } from './bulk-app.js'

export interface ListData {
  readonly count?: number
  readonly next: string | null
  readonly previous: string | null
  readonly results: readonly Readonly<Record<string, unknown>>[]
  readonly missing_ids?: readonly unknown[]
  readonly operation_type?: string
}

/** The data of a list, which must be there. */
export async function listOf (send: Sender, url: string, body?: unknown): Promise<ListData> {
  const answer = await send(body === undefined ? 'GET' : 'POST', url, body)
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${String(answer.body['message'])}`)
  return answer.body.data as ListData
}

/** One value of each row. */
export async function column (send: Sender, url: string, name: string, body?: unknown): Promise<readonly unknown[]> {
  return (await listOf(send, url, body)).results.map(row => row[name])
}

/** Status, code and message of a request that is refused. */
export async function refusal (send: Sender, url: string, body?: unknown): Promise<readonly unknown[]> {
  const answer = await send(body === undefined ? 'GET' : 'POST', url, body)
  return [answer.status, answer.body['code'], answer.body['message']]
}

/** A parameter and its value, escaped. */
export function parameter (name: string, value: string): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}
