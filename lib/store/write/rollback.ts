/**
 * Undoes a transaction whose work has succeeded, and returns its result. Only an exception can undo the transaction of
 * a client: this one carries the result out of it.
 *
 * @param transact runs a transaction, which passes the result of its work through `settle` before it ends
 * @param isUndone tells from the result whether to undo the transaction
 */
export async function withRollback<T> (
  transact: (settle: (result: T) => T) => Promise<T>,
  isUndone: (result: T) => boolean
): Promise<T> {
  const settle = (result: T): T => {
    if (isUndone(result)) throw new Rollback(result)
    return result
  }
  try {
    return await transact(settle)
  } catch (error) {
    if (error instanceof Rollback) return error.result as T
    throw error
  }
}

class Rollback {
  readonly result: unknown

  constructor (result: unknown) {
    this.result = result
  }
}
