import type { Database } from '../database.js'
import type { Fixture } from '../fixture.js'
import type { BenchOptions } from '../options.js'

/** What the suites share. */
export interface Context {
  readonly database: Database
  readonly fixture: Fixture
  readonly options: BenchOptions
}
