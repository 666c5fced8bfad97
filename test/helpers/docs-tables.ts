import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { root } from './docs-pages.js'

/** Names of the members of an interface, in their order. */
export function membersOf (file: string, name: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest)
  const found = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === name
  )
  if (found === undefined) throw new Error(`${file} has no interface ${name}`)
  return found.members.map(member => (member.name as ts.Identifier).text)
}
