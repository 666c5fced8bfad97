/** What of a reply is needed; Fastify's has it. */
export interface VaryReply {
  getHeader: (name: string) => unknown
  header: (name: string, value: string) => unknown
}

/** Adds a request header to those that an answer depends on; what others have put there stays. */
export function addVary (reply: VaryReply, name: string): void {
  const earlier = [reply.getHeader('vary') ?? []].flat().join(', ')
  const names = earlier
    .toLowerCase()
    .split(',')
    .map(one => one.trim())
  if (names.includes('*') || names.includes(name.toLowerCase())) return
  reply.header('vary', earlier === '' ? name : `${earlier}, ${name}`)
}
