import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { createViteServer } from 'vitest/node'
import { launchOptions } from './chromium.ts'
import { sourceFirst } from './source-first.ts'

/** The script of each page. */
const SCRIPTS: Readonly<Record<string, string>> = { '/': '/page.ts', '/app': '/app.ts' }

/** A site on a loopback port, and the machine's Chromium to open it in. */
export interface Site {
  readonly url: string
  readonly browser: Browser
  /** Opens the first page in a new tab of `context`, and waits for its script. */
  openTab(context: BrowserContext): Promise<Page>
  close(): Promise<void>
}

export async function startSite(): Promise<Site> {
  const [pages, browser] = await Promise.all([servePages(), chromium.launch(launchOptions)])
  return {
    url: pages.url,
    browser,
    async openTab(context) {
      const page = await context.newPage()
      await page.goto(pages.url)
      await page.waitForFunction(() => 'tab' in window)
      return page
    },
    async close() {
      await Promise.all([browser.close(), pages.close()])
    },
  }
}

function htmlOf(script: string): string {
  return `<!doctype html><title>valetkey</title><body><script type="module" src="${script}"></script>`
}

/** TypeScript is compiled as it is asked for; nothing is bundled, watched or reloaded. */
async function servePages() {
  const vite = await createViteServer({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    resolve: sourceFirst,
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null, fs: { strict: false } },
  })
  const server = createServer((request, response) => {
    const script = SCRIPTS[request.url?.split('?')[0] ?? '']
    if (script !== undefined) response.setHeader('content-type', 'text/html').end(htmlOf(script))
    else vite.middlewares(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections()
      await Promise.all([vite.close(), server[Symbol.asyncDispose]()])
    },
  }
}
