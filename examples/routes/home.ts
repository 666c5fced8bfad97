import type { FastifyPluginAsync } from 'fastify'

/** A request that the page shows as a line for curl. */
export interface ShownRequest {
  readonly title: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly user?: string
  readonly body?: object
}

/** Each of them works on a server that was just started, in this order. */
export const shownRequests: readonly ShownRequest[] = [
  { title: 'List articles', method: 'GET', path: '/api/articles?page_size=3&ordering=title' },
  {
    title: 'Upsert contracts by their number and year; send it twice',
    method: 'POST',
    path: '/api/contracts?unique_fields=contractNumber,year',
    user: 'alice',
    body: [
      { contractNumber: 'A-1', year: 2026, amount: '9.50' },
      { contractNumber: 'A-2', year: 2026, amount: '20.00' }
    ]
  },
  { title: 'Export contracts as CSV', method: 'GET', path: '/api/contracts/export?file_type=csv' }
]

/** `GET /`: what runs here, and what to try first. */
export const homeRoute: FastifyPluginAsync = async function homeRoute (app) {
  app.get('/', { schema: { hide: true } }, async (_request, reply) => {
    const [origin = 'http://127.0.0.1:3000'] = app.server.listening ? [app.listeningOrigin] : []
    return reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .type('text/html; charset=utf-8')
      .send(page(origin))
  })
}

function page (origin: string): string {
  const lines = shownRequests.map(
    request => `<h2>${escaped(request.title)}</h2>\n<pre>${escaped(curlOf(origin, request))}</pre>`
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>fastify-prisma-commons: example</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
  h1 { font-size: 1.5rem } h2 { font-size: 1rem; margin: 1.5rem 0 .25rem }
  pre { background: #f4f4f4; padding: .75rem; overflow-x: auto; border-radius: 4px }
  td, th { text-align: left; padding-right: 2rem }
</style>
<h1>fastify-prisma-commons: example</h1>
<p>A server with customers, contracts, articles, employees and invoices below <code>/api</code>.</p>
<ul>
  <li><a href="/docs">API documentation</a>, where each request can be tried</li>
  <li><a href="/health">Health</a></li>
</ul>
<table>
  <tr><th>user</th><th>header</th></tr>
  <tr><td>alice, a member</td><td><code>Authorization: Bearer alice</code></td></tr>
  <tr><td>bob, a member</td><td><code>Authorization: Bearer bob</code></td></tr>
  <tr><td>admin</td><td><code>Authorization: Bearer admin</code></td></tr>
</table>
${lines.join('\n')}
</html>
`
}

/** A line for a shell; the values above hold no quotes. */
function curlOf (origin: string, { method, path, user, body }: ShownRequest): string {
  const parts = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}'${origin}${path}'`,
    ...(user === undefined ? [] : [`-H 'authorization: Bearer ${user}'`]),
    ...(body === undefined ? [] : ["-H 'content-type: application/json'", `-d '${JSON.stringify(body)}'`])
  ]
  return parts.join(' \\\n  ')
}

function escaped (text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
