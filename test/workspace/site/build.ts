import { join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { run } from '../packed/run.ts'

/** Builds the site: the API reference from the sources, then its pages. */
export default async function buildSite(): Promise<void> {
  await run('pnpm', ['--dir', 'website', 'run', 'build'], { cwd: root })
}

export const site: string = join(root, 'website/dist')
