import t from 'tap'
import ts from 'typescript'
import { docsPages } from '../helpers/docs-pages.js'
import { createDocsProject, type CodeFile } from '../helpers/docs-project.js'

const files = await createDocsProject(t.testdir(), docsPages())

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  skipLibCheck: true,
  types: ['node']
}

/** Programs share what they have parsed: each block is checked alone, and the package is read once. */
const parsed = new Map<string, ts.SourceFile | undefined>()
const host = ts.createCompilerHost(options)
const { getSourceFile } = host
host.getSourceFile = (name, settings, onError) => {
  if (!parsed.has(name)) parsed.set(name, getSourceFile(name, settings, onError))
  return parsed.get(name)
}

function messagesOf ({ path, rootDirs }: CodeFile): string[] {
  const program = ts.createProgram([path], { ...options, rootDirs: [...rootDirs] }, host)
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(path))
    .map(
      ({ file, start, messageText }) =>
        `${file === undefined ? '' : (file.text.slice(start).split('\n')[0] ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    )
}

await t.test('every block of code compiles alone, in a strict project that has the schema of its page', t => {
  t.ok(files.length > 10, 'blocks were found')
  for (const file of files) t.strictSame(messagesOf(file), [], file.place)
  t.end()
})
