import { ModelStore } from './model-store.js'
import type { Model } from '../model/registry.js'
import { rowCursor } from './read/cursor.js'
import type { Seek, SeekOptions } from './read/page.js'
import type { TextPage, TextPageOptions } from './read/text-page.js'

/** A store that reads lists by one cursor of the database, in the transaction that its session is bound to. */
export class CursorStore extends ModelStore {
  override seek (model: Model, options: SeekOptions): Promise<Seek> {
    return rowCursor.rows(this.unstamped(model), options)
  }

  override textPage (model: Model, options: TextPageOptions): Promise<TextPage> {
    return rowCursor.text(this.unstamped(model), options)
  }
}
