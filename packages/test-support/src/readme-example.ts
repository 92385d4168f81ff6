import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The README of a package, and the program below its heading "Use". */
export interface Readme {
  readonly text: string
  /** Runs the program as it stands, to its end; its requests go to `ACME_URL`. Resolves with what it prints. */
  runExample(environment: Readonly<Record<string, string>>): Promise<string>
}

/** @param folder of the package */
export function readReadme(folder: string): Readme {
  const text = readFileSync(join(folder, 'README.md'), 'utf8')
  return {
    text,
    async runExample(environment) {
      const [, program = ''] = /\n## Use\n\n```ts\n(.*?)```/s.exec(text) ?? []
      const flags = ['--conditions=@valetkey/source', '--import', '@valetkey-app/test-support/reroute']
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...flags, '--input-type=module-typescript', '--eval', program],
        { cwd: folder, env: { ...process.env, ...environment } },
      )
      return stdout
    },
  }
}
