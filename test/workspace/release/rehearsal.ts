import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { root } from '../boundaries/workspace.ts'
import { run } from '../packed/run.ts'
import { emptyHome } from './install.ts'
import { startRegistry } from './registry.ts'
import { copyRepository } from './scratch-repository.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the first release was published. */
    registry: string
    /** Lines that the publishing printed: `name@version`. */
    published: readonly string[]
    /** Temporary; removed at the end. */
    folder: string
  }
}

/** Publishes all packages, as the release workflow does, to a registry on loopback. */
export default async function rehearse(project: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'valetkey-release-')))
  const registry = await startRegistry(join(folder, 'registry'))
  const end = async () => {
    await registry.stop()
    await rm(folder, { recursive: true })
  }
  try {
    const printed = await publish(folder, registry.url)
    project.provide('registry', registry.url)
    project.provide('published', printed.trim().split('\n'))
    project.provide('folder', folder)
    return end
  } catch (error) {
    await end()
    throw error
  }
}

async function publish(folder: string, registry: string): Promise<string> {
  const repository = await copyRepository(join(folder, 'repository'), { isBuilt: true })
  await repository.version()
  const tarballs = await repository.pack()
  const env = await emptyHome(join(folder, 'publisher'), registry)
  const args = ['scripts/publish-tarballs.mjs', tarballs, '--access=public', '--provenance=false']
  return run(process.execPath, args, { cwd: root, env })
}
