/**
 * The genders of a person, as an enum or a String column holds them.
 *
 * @example
 * const schema = Type.Unsafe<Gender>({ type: 'string', enum: genders })
 */
export const genders = ['male', 'female', 'other', 'prefer_not_to_say'] as const

export type Gender = (typeof genders)[number]
