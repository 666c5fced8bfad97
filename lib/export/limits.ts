/** What a request for a file may ask for at most. */
export const exportLimits = {
  columns: 200,
  /** Lines above the table. */
  titles: 20,
  /** Characters of such a line, and of a label. */
  textLength: 500,
  /** Characters, as spreadsheets allow. */
  width: 255
} as const
