import type { ItemShape } from '../../items/shape/item-shape.js'
import type { RootScope } from '../../scope/scope-rule.js'

/** What of a resource its import is made of. */
export interface ImportedShape extends ItemShape {
  /** The scope of the resource. */
  readonly root: RootScope
}
