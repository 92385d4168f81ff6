import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { root } from '../boundaries/workspace.ts'

/** What the packages call interfaces whose members a program, or a vendor package, gives. */
const OF_A_PROGRAM = /(Options|Definition|Dialect|Rules|Bounds|Placement|Init|Redirection|UserPassword)$/

/** The name of every option in these folders. */
export function optionNames(folders: readonly string[]): string[] {
  const names = new Set<string>()
  for (const file of globSync(
    folders.map((folder) => `${folder}/src/**/*.ts`),
    { cwd: root },
  ))
    new Visitor({
      TSInterfaceDeclaration({ id, body }) {
        if (!OF_A_PROGRAM.test(id.name)) return
        for (const member of body.body)
          if (member.type === 'TSPropertySignature' && member.key.type === 'Identifier') names.add(member.key.name)
      },
    }).visit(parseSync(file, readFileSync(join(root, file), 'utf8')).program)
  return [...names].toSorted()
}
