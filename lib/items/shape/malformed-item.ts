/** Stands in a list of items for one that cannot be read: a row of a file whose cells do not fit its header. */
export class MalformedItem {
  readonly problem: string

  constructor (problem: string) {
    this.problem = problem
  }
}
