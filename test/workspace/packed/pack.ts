import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { root } from '../boundaries/workspace.ts'
import { packPublic } from './public-packages.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The packed packages, sorted by name. */
    tarballs: readonly string[]
  }
}

/** Packs every public package once, as `pnpm publish` would; kept where VALETKEY_TARBALLS says, for who publishes them. */
export default async function packAll(project: TestProject): Promise<() => Promise<void>> {
  const kept = process.env.VALETKEY_TARBALLS
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'valetkey-packed-')))
  await packPublic(root, folder)
  const names = (await readdir(folder)).toSorted()
  project.provide(
    'tarballs',
    names.map((name) => join(folder, name)),
  )
  return async () => {
    if (kept === undefined) await rm(folder, { recursive: true })
  }
}
