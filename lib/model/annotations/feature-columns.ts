import { column, optionalColumn } from './feature-arguments.js'
import type { ColumnRule } from './column-rule.js'

// The columns of features that describe a row. Models differ in what they have: all but the first name may be absent.

const text: ColumnRule = { type: 'String', required: null, modifier: '?' }

export const metaColumns = {
  metadata: optionalColumn({ name: 'metadata', type: 'Json', required: null, modifier: '?' }),
  tags: optionalColumn({ name: 'tags', type: 'String', required: null, list: true, modifier: '[]' }),
  notes: optionalColumn({ name: 'notes', ...text })
}

export const identityColumns = {
  firstName: column({ name: 'firstName', type: 'String', required: true }),
  lastName: optionalColumn({ name: 'lastName', ...text }),
  middleName: optionalColumn({ name: 'middleName', ...text }),
  email: optionalColumn({ name: 'email', ...text }),
  phone: optionalColumn({ name: 'phone', ...text }),
  dateOfBirth: optionalColumn({
    name: 'dateOfBirth',
    type: 'DateTime',
    required: null,
    modifier: '?',
    attribute: '@db.Date'
  }),
  birthPlace: optionalColumn({ name: 'birthPlace', ...text }),
  gender: optionalColumn({ name: 'gender', type: ['String', 'enum'], required: null, modifier: '?' }),
  nationality: optionalColumn({ name: 'nationality', ...text })
}

export const addressColumns = {
  addressLine1: optionalColumn({ name: 'addressLine1', ...text }),
  addressLine2: optionalColumn({ name: 'addressLine2', ...text }),
  city: optionalColumn({ name: 'city', ...text }),
  stateProvince: optionalColumn({ name: 'stateProvince', ...text }),
  postalCode: optionalColumn({ name: 'postalCode', ...text }),
  country: optionalColumn({ name: 'country', ...text }),
  latitude: optionalColumn({
    name: 'latitude',
    type: ['Decimal', 'Float'],
    required: null,
    modifier: '?',
    advice: '@db.Decimal(10, 8)'
  }),
  longitude: optionalColumn({
    name: 'longitude',
    type: ['Decimal', 'Float'],
    required: null,
    modifier: '?',
    advice: '@db.Decimal(11, 8)'
  })
}

/** Fields that the client extension computes for rows of these features. */
export const computedNames = {
  identity: ['fullName', 'initials', 'age'],
  address: ['fullAddress', 'shortAddress', 'hasCoordinates', 'coordinates']
} as const
