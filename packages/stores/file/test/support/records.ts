import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenStore } from '@valetkey/core'
import { folderOf } from '../../src/folder.ts'

/** Writes `value 1`, `value 2` …, or one value again and again. Resolves with the last version. */
export async function writeValues(store: TokenStore, key: string, times: number, value?: string): Promise<string> {
  let { version } = await store.get(key)
  for (let written = 1; written <= times; written += 1) {
    const result = await store.compareAndSet(key, version, value ?? `value ${written}`)
    if (!result.ok) throw new Error('nobody else writes')
    version = result.version
  }
  return version ?? ''
}

/** Contents of the files of one key, by name. */
export async function filesOf(path: string, key: string): Promise<Record<string, string>> {
  const folder = folderOf(path, key)
  const names = (await readdir(folder)).toSorted()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  )
}

/** The values that any file of the key still has. */
export async function valuesOf(path: string, key: string): Promise<string[]> {
  const files = Object.values(await filesOf(path, key))
  return files.map((text) => text.split('\n')[2] ?? '').filter((value) => value !== '')
}
