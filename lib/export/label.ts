/** The header of a column that is given none: `customer.name` is "Customer Name", `externalURL` "External URL". */
export function labelOf (path: string): string {
  const words = path
    .split(/[._\s-]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
    .filter(word => word !== '')
  return words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}
