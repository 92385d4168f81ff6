import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Credential } from '@valetkey/core'
import { usageError } from '../cli-error.ts'
import { isObject, member } from '../json.ts'
import { isCredential } from './credential-kind.ts'
import { isInside, readManifest, type VendorPackage } from './find-packages.ts'

export type Factory = (options: Readonly<Record<string, unknown>>) => Credential

/** The factory of a grant. @throws CliError `usage` when the package has none of that name */
export async function loadFactory({ name, folder }: VendorPackage, grant: string): Promise<Factory> {
  const factory = member(await importPackage(name, folder), grant)
  if (typeof factory !== 'function') throw usageError(`${name}: it exports no ${grant}()`)
  return (options) => {
    const credential: unknown = Reflect.apply(factory, undefined, [options])
    if (!isCredential(credential)) throw usageError(`${name}: ${grant}() gave no credential`)
    return credential
  }
}

/** The module of a package in `folder`, or of a subpath of it, with the conditions of this process. */
export async function importPackage(name: string, folder: string): Promise<unknown> {
  return await import(pathToFileURL(entryOf(name, folder)).href)
}

function entryOf(name: string, folder: string): string {
  try {
    const entry = createRequire(join(folder, 'package.json')).resolve(name)
    // Not what NODE_PATH or a folder above has under that name.
    if (isInside(realpathSync(folder), entry)) return entry
    throw new Error(`not in ${folder}`)
  } catch (error) {
    const entry = importCondition(member(readManifest(folder)?.exports, '.') ?? readManifest(folder)?.exports)
    if (entry !== undefined) return join(folder, entry)
    throw usageError(`${name}: its entry point was not found (${error instanceof Error ? error.message : ''})`)
  }
}

/** `require.resolve` ignores the condition `import`; a package may have no other. */
function importCondition(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (!isObject(target)) return undefined
  const key = Object.keys(target).find((condition) => ['node', 'import', 'default'].includes(condition))
  return key === undefined ? undefined : importCondition(target[key])
}
