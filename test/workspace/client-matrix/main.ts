/** Runs the client contract on every client and platform, and writes `docs/client-behaviour.md`; `--check` compares it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { nodeVersions, PROGRAMS } from './clients.ts'
import { documentOf } from './document.ts'
import type { PlatformOutcome } from './outcome.ts'
import { runInChromium } from './run-in-chromium.ts'
import { runOnNodes } from './run-on-node.ts'

const DOCUMENT = join(root, 'docs/client-behaviour.md')

const document = documentOf(await runAll(), nodeVersions())
if (!process.argv.includes('--check')) await writeFile(DOCUMENT, document)
else if ((await readFile(DOCUMENT, 'utf8').catch(() => '')) !== document)
  complain('is not what the tests say; run: pnpm client-matrix')
if (document.includes('✗')) complain('has a rule that a client does not keep')

/** As many programs at once as there are processors; the browser is one of them. */
async function runAll(): Promise<readonly PlatformOutcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-client-matrix-'))
  const works = [...PROGRAMS.map((program) => () => runOnNodes(program, folder)), () => runInChromium(folder)]
  const results: (readonly PlatformOutcome[])[] = []
  const queue = works.entries()
  const work = async () => {
    for (const [index, run] of queue) results[index] = await run()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  await rm(folder, { recursive: true })
  return results.flat()
}

function complain(what: string): void {
  console.error(`${relative(root, DOCUMENT)} ${what}`)
  process.exitCode = 1
}
