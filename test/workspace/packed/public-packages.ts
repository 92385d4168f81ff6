import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, packageFolders, root } from '../boundaries/workspace.ts'
import { run } from './run.ts'

/** The folders of the packages that are published. */
export function publicFolders(): string[] {
  return packageFolders().filter((folder) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    return folder.startsWith('packages/') && manifest.private !== true
  })
}

/** Packs every public package of a copy of the repository, as `pnpm publish` would. */
export async function packPublic(repository: string, destination: string): Promise<void> {
  const filters = publicFolders().map((folder) => `--filter=./${folder}`)
  await run('pnpm', ['--recursive', ...filters, 'pack', '--pack-destination', destination], { cwd: repository })
}
