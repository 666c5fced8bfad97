/** The JSON value null, where null alone would be SQL NULL: what Prisma's JsonNull is, which bears the same name. */
class JsonNull {
  toJSON (): null {
    return null
  }
}

export const jsonNull = new JsonNull()
