import { audit } from './audit.js'
import { currentUser } from './current-user.js'
import type { Feature } from './feature.js'
import { generated } from './generated.js'
import { slug } from './slug.js'
import { softDelete } from './soft-delete.js'
import { version } from './version.js'

/** The features that the engine asks, in the order of their stamps. */
export const features: readonly Feature[] = [softDelete, audit, version, slug, currentUser, generated]
