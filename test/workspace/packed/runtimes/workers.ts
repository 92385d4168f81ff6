import { join } from 'node:path'
import { importTool } from './tools.ts'

export interface Workers {
  dispatchFetch(url: string): Promise<{ text(): Promise<string> }>
  dispose(): Promise<void>
}

interface WorkersOptions {
  readonly modules: true
  readonly script: string
  readonly compatibilityDate: string
  readonly bindings: Readonly<Record<string, unknown>>
}

/** Without `nodejs_compat`: the packages use Web APIs only. */
const COMPATIBILITY_DATE = '2026-07-01'

export type StartWorkers = (bindings: WorkersOptions['bindings'], compatibilityDate?: string) => Workers

/** A program of the project, bundled as Workers are. Returns how to start workerd with it. */
export async function bundleWorker(folder: string, entry: string): Promise<StartWorkers> {
  const { build } = await importTool<{ build(options: object): Promise<{ outputFiles: { text: string }[] }> }>(
    'esbuild',
  )
  const { outputFiles } = await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['cloudflare:workers'],
  })
  const script = outputFiles[0]?.text ?? ''
  const { Miniflare } = await importTool<{ Miniflare: new (options: WorkersOptions) => Workers }>('miniflare')
  return (bindings, compatibilityDate = COMPATIBILITY_DATE) =>
    new Miniflare({ modules: true, script, compatibilityDate, bindings })
}
