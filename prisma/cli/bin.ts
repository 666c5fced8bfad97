#!/usr/bin/env node
// One program for two callers: Prisma starts it as a generator, without arguments; people give it a command.
const args = process.argv.slice(2)

// Prisma sets this variable for every generator it starts.
if (args.length === 0 && process.env.PRISMA_GENERATOR_INVOCATION !== undefined) {
  const { serveMetadataGenerator } = await import('../generator/serve.js')
  await serveMetadataGenerator()
} else {
  const { runCommandLine } = await import('./run.js')
  process.exitCode = await runCommandLine(args)
}

export {}
