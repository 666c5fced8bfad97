/** The media types of RFC 9457 and of plain JSON. */
export const problemType = 'application/problem+json'
export const jsonType = 'application/json'
/** The media type of RFC 7396. */
export const mergePatchType = 'application/merge-patch+json'

/**
 * Whether a client asks for problem details: it names the type, and does not like plain JSON better.
 * Wildcards do not count, so that nobody gets another format than before without asking for it.
 */
export function wantsProblem (accept: string | undefined): boolean {
  if (accept === undefined || !accept.toLowerCase().includes(problemType)) return false
  const problem = quality(accept, problemType)
  return problem > 0 && problem >= quality(accept, jsonType)
}

/** The weight a header gives to a media type by name, 0 when it does not name it. */
function quality (accept: string, type: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map(part => part.trim())
    if (name !== type) continue
    const weight = parameters.find(parameter => parameter.startsWith('q='))
    const value = weight === undefined ? 1 : Number(weight.slice(2))
    return value >= 0 && value <= 1 ? value : 0
  }
  return 0
}
