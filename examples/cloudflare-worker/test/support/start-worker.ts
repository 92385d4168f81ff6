import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { M2mSimulator } from '@valetkey/testing/simulators'

/** workerd is installed for the tests that need it only: `npm run smoke` at the root does so. */
const requireRuntime = createRequire(join(import.meta.dirname, '../../../../test/workspace/runtimes/package.json'))

/** What this test uses of miniflare. */
interface Worker {
  dispatchFetch(url: string): Promise<Response>
  dispose(): Promise<void>
}

/** What this test uses of esbuild. */
interface Esbuild {
  build(options: object): Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>
}

export const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

/** The worker of a file, bundled as wrangler does and run in workerd. */
export async function startWorker(file: string, { baseUrl }: M2mSimulator): Promise<Worker & AsyncDisposable> {
  const { Miniflare } = await importRuntime<{ Miniflare: new (options: object) => Worker }>('miniflare')
  const worker = new Miniflare({
    modules: true,
    script: await bundle(file),
    compatibilityDate: '2026-07-01',
    bindings: {
      M2M_BASE_URL: baseUrl,
      M2M_CLIENT_ID: CLIENT.clientId,
      M2M_CLIENT_SECRET: CLIENT.clientSecret,
      IS_LOCAL: true,
    },
  })
  return Object.assign(worker, { [Symbol.asyncDispose]: () => worker.dispose() })
}

async function bundle(file: string): Promise<string> {
  const esbuild = await importRuntime<Esbuild>('esbuild')
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(import.meta.dirname, '../..', file)],
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
