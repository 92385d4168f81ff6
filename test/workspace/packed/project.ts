import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { inject } from 'vitest'
import { run } from './run.ts'

export interface Project extends AsyncDisposable {
  readonly folder: string
}

/**
 * A project of somebody with an empty home, with packed packages installed.
 *
 * @param packages names without scope, e.g. `core`; `cli` is `valetkey`
 * @param programs the folder here that it starts with
 * @param others packages of the registry, e.g. `ky@2.1.0`
 */
export async function createProject(
  packages: readonly string[],
  programs = 'smoke',
  others: readonly string[] = [],
): Promise<Project> {
  const parent = await mkdtemp(join(tmpdir(), 'valetkey-project-'))
  const [home, folder] = [join(parent, 'home'), join(parent, 'project')]
  await Promise.all([mkdir(home), cp(join(import.meta.dirname, programs), folder, { recursive: true })])
  const env = { ...cleanEnvironment(), HOME: home }
  const specifiers = [...packages.map(tarballOf), ...others]
  await run('npm', ['install', '--no-audit', '--no-fund', ...specifiers], { cwd: folder, env })
  return { folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true }) }
}

function tarballOf(name: string): string {
  const tarballName = name === 'cli' ? 'valetkey' : `valetkey-${name}`
  const path = inject('tarballs').find((tarball) => basename(tarball).replace(/-\d.*$/, '') === tarballName)
  if (path === undefined) throw new Error(`no tarball of ${name}`)
  return path
}

/** Without what npm and pnpm tell the programs that they start. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name))
  return Object.fromEntries(entries)
}
