import type { CurrentUserFeature } from '../model/meta.js'
import { actorStamp, type Feature } from './feature.js'

/** `@commons.currentUser`: fields that hold who made a row, or who changed it last. */
export const currentUser: Feature = {
  ownedFields: ({ currentUser }) => ofChanges(currentUser).map(({ field }) => field),
  filledFields: ({ currentUser = [] }) => currentUser.map(({ field }) => field),
  changeStamps: ({ currentUser }, acting) => ofChanges(currentUser).flatMap(({ field }) => actorStamp(field, acting)),
  insertStamps: ({ currentUser = [] }, acting) => currentUser.flatMap(({ field }) => actorStamp(field, acting))
}

function ofChanges (users: readonly CurrentUserFeature[] = []): readonly CurrentUserFeature[] {
  return users.filter(({ on }) => on === 'update')
}
