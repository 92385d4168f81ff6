import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../boundaries/workspace.ts'
import { labelOf, nodeBinary, type Program } from './clients.ts'
import { execute } from './execute.ts'
import type { Outcome, PlatformOutcome } from './outcome.ts'

/** Bundles a program with the built packages, runs it on each of its Nodes, and reads what came of it. */
export async function runOnNodes(program: Program, folder: string): Promise<readonly PlatformOutcome[]> {
  const bundle = await bundled(program, folder)
  const outcomes: PlatformOutcome[] = []
  for (const node of program.nodes) outcomes.push(...(await runOnNode(program, bundle, node)))
  return outcomes
}

async function runOnNode({ only, alias }: Program, bundle: string, node: string): Promise<readonly PlatformOutcome[]> {
  const file = `${bundle}.${node}.json`
  await execute(nodeBinary(node), [bundle], { ...process.env, REPORT: file, ...(only && { ONLY: only }) })
  // A program that does not end has written nothing, and its clients are missed.
  const outcomes: readonly Outcome[] = JSON.parse(await readFile(file, 'utf8').catch(() => '[]'))
  const platform = `Node ${node}`
  return outcomes.map((outcome) => ({ ...outcome, client: labelOf(outcome.client, alias), platform }))
}

interface Esbuild {
  build(options: object): Promise<unknown>
}

/** As one CommonJS file: Node 20 reads no types, and libraries of CommonJS ask for built-ins by `require`. */
async function bundled({ entry, only, alias }: Program, folder: string): Promise<string> {
  const requireRuntime = createRequire(join(import.meta.dirname, '../runtimes/package.json'))
  const { build }: Esbuild = await import(pathToFileURL(requireRuntime.resolve('esbuild')).href)
  const names = [entry, only, alias && basename(alias.folder)]
  const outfile = join(folder, `${names.filter(Boolean).join('-').replaceAll(' ', '-')}.cjs`)
  const entryPoint = join(import.meta.dirname, 'entries', `${entry}.ts`)
  await build({
    entryPoints: [entryPoint],
    outfile,
    alias: alias ? { [alias.library]: join(alias.folder, 'index.js') } : {},
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  })
  return outfile
}
