import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright'
import { launchOptions } from '../../../browser/chromium.ts'
import { run } from '../run.ts'
import { importTool, toolPath, versionOf } from './tools.ts'
import { startVendors } from './vendors.ts'
import { bundleWorker } from './workers.ts'

/** What became of each step of `smoke/end-to-end.mjs`: 'ok', or what went wrong. And `ranOn`, as the runtime calls itself. */
export type Report = Readonly<Record<string, string>>

export interface Runtime {
  /** With the version that is installed. */
  readonly name: string
  /** How it calls itself. */
  readonly userAgent: RegExp
  /** @param folder a project with `smoke` and the packages */
  run(folder: string): Promise<Report>
}

const NODES = ['node20', 'node22', 'node24', 'node26']

/** The project, which is the working directory, holds the store's directory. */
const DENO_PERMISSIONS = ['--allow-net=127.0.0.1', '--allow-read=.', '--allow-write=.', '--allow-sys=homedir,uid']

/** Takes from Node what React Native does not have. */
const LEAN = pathToFileURL(join(import.meta.dirname, '../../../living-with-others/lean-runtime.ts')).href

export const runtimes: readonly Runtime[] = [
  ...NODES.map((name) => onProcess('Node', 'Node.js', name, [toolPath(`${name}/bin/node`)])),
  onProcess('Bun', 'Bun', 'bun', [toolPath('.bin/bun'), 'run']),
  onProcess('Deno', 'Deno', 'deno', [toolPath('.bin/deno'), 'run', '--no-prompt', ...DENO_PERMISSIONS]),
  onProcess('React Native-like fetch, on Node', 'Node.js', 'node24', [toolPath('node24/bin/node'), '--import', LEAN]),
  {
    name: `workerd of miniflare ${versionOf('miniflare')}`,
    userAgent: /^Cloudflare-Workers$/,
    run: onWorkerd,
  },
  {
    name: `Chromium, bundled by Vite ${versionOf('vite')}`,
    userAgent: /Chrome\//,
    run: onChromium,
  },
]

/** A program of its own, which gets the vendors' URL as its argument. @param installedAs in `test/workspace/runtimes` */
function onProcess(label: string, agent: string, installedAs: string, command: readonly string[]): Runtime {
  const version = versionOf(installedAs)
  const [program = '', ...args] = command
  return {
    name: `${label} ${version}`,
    userAgent: new RegExp(`^${agent}/${version.split('.')[0]}\\b`),
    async run(folder) {
      await using vendors = await startVendors()
      const options = { cwd: folder, env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' } }
      const tokens = await mkdtemp(join(folder, 'tokens-'))
      return JSON.parse(await run(program, [...args, 'on-process.mjs', vendors.url, tokens], options))
    },
  }
}

async function onWorkerd(folder: string): Promise<Report> {
  await using vendors = await startVendors()
  const startWorkers = await bundleWorker(folder, 'on-worker.mjs')
  const workers = startWorkers({ BASE_URL: vendors.url })
  try {
    const response = await workers.dispatchFetch('http://worker.example/')
    return JSON.parse(await response.text())
  } finally {
    await workers.dispose()
  }
}

async function onChromium(folder: string): Promise<Report> {
  await using vendors = await startVendors(await bundlePage(folder))
  const browser = await chromium.launch(launchOptions)
  try {
    const page = await browser.newPage()
    await page.goto(vendors.url)
    const report = await page.waitForFunction<Report>('globalThis.report')
    return await report.jsonValue()
  } finally {
    await browser.close()
  }
}

/** Returns the folder of `index.html`. */
async function bundlePage(folder: string): Promise<string> {
  const { build } = await importTool<{ build(options: object): Promise<unknown> }>('vite')
  const outDir = join(folder, 'page')
  await build({ root: folder, configFile: false, logLevel: 'error', build: { outDir } })
  return outDir
}
