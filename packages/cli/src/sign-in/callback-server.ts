import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CliError, EXIT, usageError } from '../cli-error.ts'
import { PAGE_HEADERS, PAGES, type Page, pageText } from './callback-page.ts'

/** Waits on a loopback address for what the vendor says through the person's browser (RFC 8252 §7.3). */
export interface CallbackServer {
  /** As it is sent to the vendor. */
  readonly redirectUri: string
  /**
   * Answers each callback with `answer` until one is decided; other callbacks get a page with this information.
   * @throws what aborted the signal, or what a decided callback failed with
   */
  wait(answer: (callbackUrl: URL) => Promise<Answer>, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface Answer {
  readonly page: Page
  /** Whether the wait has ended. */
  readonly isFinal: boolean
  readonly error?: unknown
}

const HOST = '127.0.0.1'
const DEFAULT_PATH = '/callback'
const METHOD_NOT_ALLOWED = 405
/** `localhost` may resolve to another machine's choice; it is taken where a vendor has nothing else on file. */
const HOSTS: readonly string[] = [HOST, 'localhost', '[::1]']

/**
 * @param registered the address that the vendor has on file; without one any port will do
 * @throws CliError `usage` for an address that is not of this machine, `port_in_use`
 */
export async function startCallbackServer(registered: string | undefined): Promise<CallbackServer> {
  const redirect = parseRedirectUri(registered)
  const server = createServer()
  const port = await listen(server, redirect)
  const place = { authority: `${redirect.hostname}:${port}`, pathname: redirect.pathname }
  return {
    redirectUri: registered ?? `http://${place.authority}${place.pathname}`,
    wait: (answer, signal) =>
      new Promise((resolve, reject) => {
        const decide = (error: unknown): void => (error === undefined ? resolve() : reject(error))
        const handle = createHandler(place, answer, decide)
        server.on('request', (request, response) => void handle(request, response).catch(reject))
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        if (signal.aborted) reject(signal.reason)
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Place {
  /** The only `Host` that is answered: a name of an attacker's that leads to this machine is another. */
  readonly authority: string
  readonly pathname: string
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** One callback after the other, so that a foreign one cannot replace the right one. */
function createHandler(place: Place, answer: (url: URL) => Promise<Answer>, decide: (error: unknown) => void): Handler {
  let last: Promise<unknown> = Promise.resolve()
  let isDecided = false
  const answerOnce = async (url: URL): Promise<Answer> => {
    if (isDecided) return { page: 'repeated', isFinal: false }
    const given = await answer(url)
    isDecided = given.isFinal
    return given
  }
  return async (request, response) => {
    const refusal = refusalOf(request, place)
    if (refusal !== undefined) return await send(response, 'unknown', refusal)
    const answered = last.then(() => answerOnce(new URL(request.url ?? '', `http://${place.authority}`)))
    last = answered.catch(() => {})
    const { page, isFinal, error } = await answered
    await send(response, page)
    if (isFinal) decide(error)
  }
}

/** The status for a request that is not a callback. */
function refusalOf({ url = '', method, headers }: IncomingMessage, { authority, pathname }: Place): number | undefined {
  const path = url.split('?', 1)[0]
  if (headers.host?.toLowerCase() !== authority || path !== pathname) return PAGES.unknown.status
  return method === 'GET' ? undefined : METHOD_NOT_ALLOWED
}

function send(response: ServerResponse, page: Page, status: number = PAGES[page].status): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    response.writeHead(status, PAGE_HEADERS).end(pageText(page), resolve)
  })
}

function listen(server: Server, { hostname, port }: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, port)))
    server.listen({ host: hostname === '[::1]' ? '::1' : HOST, port: Number(port) }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : Number(port))
    })
  })
}

function listenError(error: Error, port: string): Error {
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error
  const message = `port ${port} is in use by another program, perhaps by another login; end it and try again`
  return new CliError('port_in_use', EXIT.failed, message)
}

function parseRedirectUri(registered: string = `http://${HOST}:0${DEFAULT_PATH}`): URL {
  const url = URL.canParse(registered) ? new URL(registered) : undefined
  const isLoopback = url?.protocol === 'http:' && HOSTS.includes(url.hostname)
  if (isLoopback && url.search === '' && url.hash === '' && url.port !== '') return url
  throw usageError('the redirect URI must be like http://127.0.0.1:8765/callback: this machine, a port, no query')
}
