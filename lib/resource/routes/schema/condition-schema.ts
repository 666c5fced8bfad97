import { Type, type TProperties } from '@sinclair/typebox'
import type { Resource } from '../../definition/resource.js'

/** Of routes that may create rows. */
export const creatingHeaders = {
  'if-none-match': Type.Optional(Type.String({ enum: ['*'], description: '412 if one of the rows is there already' }))
}

/** Of routes that change rows which have versions. */
export function changingHeaders ({ version }: Resource): TProperties {
  return version === null
    ? {}
    : {
        'if-match': Type.Optional(
          Type.String({ description: '412 unless the one row of the request has this version; with several rows 400' })
        )
      }
}

/** Errors of conditions. */
export function conditionErrors (
  { requireIfMatch, version }: Resource,
  mayCreate: boolean,
  mayChange: boolean
): readonly (412 | 428)[] {
  return [
    ...(mayCreate || (mayChange && version !== null) ? [412 as const] : []),
    ...(mayChange && requireIfMatch ? [428 as const] : [])
  ]
}
