/**
 * What files are written and read in: characters or bytes. Small enough to keep many at a time, large enough to be
 * worth a step.
 */
export const chunkSize = 64 * 2 ** 10
