import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { root } from '../boundaries/workspace.ts'
import { packPublic, publicFolders } from './public-packages.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The packed packages, sorted by name. */
    tarballs: readonly string[]
  }
}

/** Packs every public package once, as `pnpm publish` would; with VALETKEY_TARBALLS, those of that folder are tested instead. */
export default async function packAll(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.VALETKEY_TARBALLS
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'valetkey-packed-')))
  if (given === undefined) await packPublic(root, folder)
  const names = (await readdir(folder)).toSorted()
  if (names.length !== publicFolders().length) throw new Error(`${folder} has ${names.length} tarballs`)
  project.provide(
    'tarballs',
    names.map((name) => join(folder, name)),
  )
  return async () => {
    if (given === undefined) await rm(folder, { recursive: true })
  }
}
