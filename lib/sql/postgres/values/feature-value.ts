import type { FieldMeta } from '../../../model/meta.js'

type Parts = readonly (string | FieldMeta)[]

/** What `trim` of JavaScript takes for blanks. */
const blanks = [
  '\\0009\\000A\\000B\\000C\\000D\\0020\\00A0\\1680',
  '\\2000\\2001\\2002\\2003\\2004\\2005\\2006\\2007\\2008\\2009\\200A\\2028\\2029\\202F\\205F\\3000\\FEFF'
].join('')

/**
 * What `fullName` and its like are in SQL, with fields of the row between the texts; null for those that SQL cannot say
 * the same of, such as initials, whose letters are a reader's.
 *
 * @param fieldOf the column of a part; null where the model has none
 */
export function featureValue (name: string, fieldOf: (part: string) => FieldMeta | null): Parts | null {
  switch (name) {
    case 'fullName':
      return joined(' ', ['firstName', 'middleName', 'lastName'].map(fieldOf))
    case 'fullAddress':
      return joined(
        ', ',
        ['addressLine1', 'addressLine2', 'city', 'stateProvince', 'postalCode', 'country'].map(fieldOf)
      )
    case 'shortAddress':
      return joined(', ', ['city', 'stateProvince', 'country'].map(fieldOf))
    case 'age':
      return years(fieldOf('dateOfBirth'))
    case 'hasCoordinates':
      return isPlace(fieldOf('latitude'), fieldOf('longitude'))
    default:
      return null
  }
}

/** The texts of some columns without blanks around them; what is empty is left out. */
function joined (separator: string, fields: readonly (FieldMeta | null)[]): Parts {
  const texts = fields
    .filter(field => field !== null)
    .flatMap((field): Parts => [', nullif(btrim(', field, `, U&'${blanks}'), '')`])
  return texts.length === 0 ? ["''"] : [`concat_ws('${separator}'`, ...texts, ')']
}

/** Whole years up to the day that it is in UTC; null before birth. */
function years (born: FieldMeta | null): Parts {
  if (born === null) return ['null::integer']
  const today = "(now() at time zone 'UTC')::date"
  const zone = born.native?.[0] === 'Timestamptz' ? " at time zone 'UTC'" : ''
  const day: Parts = ['(', born, `${zone})::date`]
  return ['case when ', ...day, ` <= ${today} then date_part('year', age(${today}, `, ...day, '))::integer end']
}

/** A float column may hold what is no number. */
function isPlace (latitude: FieldMeta | null, longitude: FieldMeta | null): Parts {
  if (latitude === null || longitude === null) return ['false']
  const finite = (field: FieldMeta): Parts => [
    'coalesce(',
    field,
    "::double precision not in ('NaN', 'Infinity', '-Infinity'), false)"
  ]
  return [...finite(latitude), ' and ', ...finite(longitude)]
}
