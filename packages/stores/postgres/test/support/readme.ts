import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const README: string = readFileSync(`${root}/README.md`, 'utf8')

/** Runs the program below the heading "Use" as it stands, to its end. Resolves with what it prints. */
export async function runExample(environment: Readonly<Record<string, string>>): Promise<string> {
  const [, program = ''] = /\n## Use\n\n```ts\n(.*?)```/s.exec(README) ?? []
  const flags = [
    '--conditions=@valetkey/source',
    '--import',
    './test/processes/reroute/main.ts',
    '--input-type=module-typescript',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--eval', program], {
    cwd: root,
    env: { ...process.env, ...environment },
  })
  return stdout
}
