import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cli } from './cli.ts'

export const TERN = { grants: { apiKey: ['apiKey'] }, options: { apiKey: { about: 'from your mast' } } }

export interface Package {
  readonly manifest: object
  readonly source: string
}

/** A vendor of somebody else. */
export function tern(manifest: object): Package {
  return {
    manifest: { name: 'valetkey-tern', type: 'module', valetkey: TERN, ...manifest },
    source: `
      export const apiKey = ({ account, apiKey }) => ({
        specVersion: 'v1', vendor: 'tern', account, carries: { headers: ['x-key'], query: [] },
        covers: (origin) => origin === 'https://api.tern.example',
        authorization: () => ({ headers: { 'x-key': apiKey }, query: {}, generation: 1 }),
        renew: async () => undefined,
        refuses: ({ status }) => status === 401,
      })`,
  }
}

/** Puts a package into the folder's `node_modules`. */
export function install({ cwd }: Pick<Cli, 'cwd'>, name: string, { manifest, source }: Package): void {
  const folder = join(cwd, 'node_modules', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'index.js'), source)
}
