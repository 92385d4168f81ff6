import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const FOLDER = join(import.meta.dirname, '../../runtimes')

const requireTool = createRequire(join(FOLDER, 'package.json'))

/** A file below `node_modules` of `test/workspace/runtimes`. */
export function toolPath(path: string): string {
  return join(FOLDER, 'node_modules', path)
}

export async function importTool<T>(name: string): Promise<T> {
  return await import(pathToFileURL(requireTool.resolve(name)).href)
}

/** The version that is installed, as `package.json` pins it. */
export function versionOf(name: string): string {
  const manifest: { version: string } = JSON.parse(readFileSync(toolPath(`${name}/package.json`), 'utf8'))
  return manifest.version
}
