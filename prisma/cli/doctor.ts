import type { Command } from './command.js'
export const doctor: Command = { help: '', run: async () => 0 }
