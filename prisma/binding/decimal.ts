import { Decimal } from '@prisma/client/runtime/client'

/** The class of the Decimals that Prisma's own results hold. */
export function makeDecimal (text: string): unknown {
  return new Decimal(text)
}
