import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** workerd is installed for the tests that need it only: `npm run smoke` at the root does so. */
const requireRuntime = createRequire(join(import.meta.dirname, '../../../../../test/workspace/runtimes/package.json'))

/** What these tests use of miniflare. */
interface Miniflare {
  dispatchFetch(url: string): Promise<Response>
  getWorker(name: string): Promise<{ fetch(url: string): Promise<Response> }>
  dispose(): Promise<void>
}

/** What these tests use of esbuild. */
interface Esbuild {
  build(options: object): Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>
}

/** Programs in workerd, as miniflare's options describe them. */
export async function startWorkers(options: object): Promise<Miniflare> {
  const { Miniflare } = await importRuntime<{ Miniflare: new (options: object) => Miniflare }>('miniflare')
  return new Miniflare(options)
}

export const COMPATIBILITY_DATE = '2026-07-01'

/** A program, bundled as wrangler does. @param folder where its text would stand, whose packages it can import */
export async function bundle(source: string, folder: string = import.meta.dirname): Promise<string> {
  const esbuild = await importRuntime<Esbuild>('esbuild')
  const { outputFiles } = await esbuild.build({
    stdin: { contents: source, loader: 'ts', resolveDir: folder },
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['@valetkey/source', 'workerd', 'worker'],
    external: ['cloudflare:workers'],
  })
  return outputFiles[0]?.text ?? ''
}

async function importRuntime<T>(name: string): Promise<T> {
  return await import(pathToFileURL(requireRuntime.resolve(name)).href)
}
