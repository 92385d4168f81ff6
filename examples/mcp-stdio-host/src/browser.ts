import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** How long a person may take at the authorization server; it keeps its question open for ten minutes at most. */
const PATIENCE_MS = 10 * 60_000

/** Opens a page in the user's browser, and waits for the redirect to `redirectUri`, a loopback URL with a port. */
export async function askInBrowser(page: URL, redirectUri: string): Promise<string> {
  const { hostname, port, pathname } = new URL(redirectUri)
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const server = createServer().listen({ host: hostname, port: Number(port), signal })
  await once(server, 'listening', { signal })
  try {
    console.error(`Sign in: ${page}`)
    openPage(page)
    for (;;) {
      const [request, response] = (await once(server, 'request', { signal })) as [IncomingMessage, ServerResponse]
      const isCallback = new URL(request.url ?? '/', redirectUri).pathname === pathname
      response.writeHead(isCallback ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' })
      response.end(isCallback ? 'You are signed in. Close this page and go back to the terminal.' : '')
      if (isCallback && request.url !== undefined) return request.url
    }
  } finally {
    server.close()
  }
}

/** Without a browser on this machine, the person opens the printed URL themselves. */
function openPage(page: URL): void {
  const command = process.env.BROWSER ?? (process.platform === 'darwin' ? 'open' : 'xdg-open')
  const browser = spawn(command, [page.href], { stdio: 'ignore', detached: true })
  browser.on('error', () => {})
  browser.unref()
}
