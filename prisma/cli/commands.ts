import type { Command } from './command.js'

/**
 * A command as the help lists it. Its code is loaded when it runs, since Prisma starts this program at every
 * generation.
 */
export interface CommandEntry {
  readonly summary: string
  load: () => Promise<Command>
}

/** Every command by its name: a new one is an entry here. */
export const commands: ReadonlyMap<string, CommandEntry> = new Map([
  [
    'mixin',
    {
      summary: 'Add features with their columns to a model of the Prisma schema',
      load: async () => (await import('./mixin.js')).mixin
    }
  ],
  [
    'doctor',
    {
      summary: 'Compare the database with what the Prisma schema says of it',
      load: async () => (await import('./doctor.js')).doctor
    }
  ],
  [
    'import',
    {
      summary: 'Import a CSV file or an XLSX workbook into a resource',
      load: async () => (await import('./import.js')).importFile
    }
  ],
  [
    'import-template',
    {
      summary: 'Write an empty file to fill in and import into a resource',
      load: async () => (await import('./import-template.js')).importTemplate
    }
  ]
])
