/** The anchors of a page of Markdown as GitHub makes them: of headings, and of elements with an id. */
export function anchorsOf (text: string): Set<string> {
  const taken = new Map<string, number>()
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id!))
  for (const [, heading] of text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)) {
    const anchor = slugOf(heading!)
    const count = taken.get(anchor) ?? 0
    taken.set(anchor, count + 1)
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`)
  }
  return anchors
}

function slugOf (heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
}
