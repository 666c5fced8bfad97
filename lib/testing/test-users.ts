import type { Actor } from '../actor.js'

/** A user of a test. */
export interface TestUser extends Actor {
  readonly id: number
  readonly name: string
  readonly isStaff: boolean
  readonly isSuperuser: boolean
}

export interface TestUserFactory {
  readonly plain: <Fields extends object = object>(fields?: Fields) => TestUser & Fields
  readonly staff: <Fields extends object = object>(fields?: Fields) => TestUser & Fields
  readonly superuser: <Fields extends object = object>(fields?: Fields) => TestUser & Fields
}

/**
 * Makes users with ids of their own. Rows for them are yours to make.
 *
 * @param firstId default 1
 *
 * @example
 * const users = testUserFactory()
 * const editor = users.staff({ role: 'editor' }) // { id: 1, name: 'staff-1', isStaff: true, …, role: 'editor' }
 */
export function testUserFactory (firstId = 1): TestUserFactory {
  let next = firstId
  const make =
    (kind: string, rights: Pick<TestUser, 'isStaff' | 'isSuperuser'>) =>
    <Fields extends object = object>(fields?: Fields): TestUser & Fields => {
      const id = next++
      return { id, name: `${kind}-${id}`, ...rights, ...fields } as TestUser & Fields
    }
  return {
    plain: make('plain', { isStaff: false, isSuperuser: false }),
    staff: make('staff', { isStaff: true, isSuperuser: false }),
    superuser: make('superuser', { isStaff: true, isSuperuser: true })
  }
}
