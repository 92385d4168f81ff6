import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { packPublic, publicFolders } from '../packed/public-packages.ts'
import { run } from '../packed/run.ts'

const SOURCES = ['.changeset', 'packages', 'package.json', 'pnpm-workspace.yaml', 'LICENSE']

export interface ScratchRepository {
  readonly folder: string
  /** What a contributor adds with `changeset add`. */
  addChangeset(bumps: Readonly<Record<string, 'patch' | 'minor' | 'major'>>, summary: string): Promise<void>
  /** `changeset version`, kept as a commit, if there are changesets. Resolves to the versions of all public packages. */
  version(): Promise<Map<string, string>>
  changelog(name: string): Promise<string>
  /** Packs every public package. Resolves to the folder of the tarballs. */
  pack(): Promise<string>
}

/** A copy of this repository as it is, in which releases can be made; to pack them, it needs the builds. */
export async function copyRepository(
  folder: string,
  { isBuilt }: { readonly isBuilt: boolean },
): Promise<ScratchRepository> {
  const tracked = (await run('git', ['ls-files', '-z', ...SOURCES], { cwd: root })).split('\0').filter(Boolean)
  const names = tracked.filter((name) => existsSync(join(root, name)))
  const builds = isBuilt ? publicFolders().map((path) => join(path, 'dist')) : []
  for (const name of [...names, ...builds]) await copy(name, folder)
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await run('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder })
  await commit(folder)
  let count = 0
  return {
    folder,
    async addChangeset(bumps, summary) {
      count += 1
      const lines = Object.entries(bumps).map(([name, bump]) => `'${name}': ${bump}`)
      const text = ['---', ...lines, '---', '', summary, ''].join('\n')
      await writeFile(join(folder, `.changeset/rehearsal-${count}.md`), text)
    },
    async version() {
      const names = await readdir(join(folder, '.changeset'))
      if (names.some((name) => name.endsWith('.md'))) {
        await run('changeset', ['version'], { cwd: folder })
        await commit(folder)
      }
      return versionsOf(folder)
    },
    changelog: async (name) => readFile(join(folder, await folderOf(folder, name), 'CHANGELOG.md'), 'utf8'),
    pack: () => pack(folder),
  }
}

async function copy(name: string, folder: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true })
  await cp(join(root, name), join(folder, name), { recursive: true })
}

async function commit(folder: string): Promise<void> {
  const author = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@example.com']
  await run('git', ['add', '--all'], { cwd: folder })
  await run('git', [...author, 'commit', '--quiet', '--message', 'Rehearsal'], { cwd: folder })
}

async function pack(folder: string): Promise<string> {
  const destination = await mkdtemp(join(folder, '../tarballs-'))
  await packPublic(folder, destination)
  return destination
}

interface Manifest {
  readonly name: string
  readonly version: string
}

async function readManifest(repository: string, folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(repository, folder, 'package.json'), 'utf8'))
}

async function versionsOf(repository: string): Promise<Map<string, string>> {
  const manifests = await Promise.all(publicFolders().map((folder) => readManifest(repository, folder)))
  return new Map(manifests.map(({ name, version }) => [name, version]))
}

async function folderOf(repository: string, name: string): Promise<string> {
  for (const folder of publicFolders()) if ((await readManifest(repository, folder)).name === name) return folder
  throw new Error(`there is no package ${name}`)
}
