import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'

/** What the program gets its data with. */
export interface Connection {
  readonly credential: SignInCredential
  /** What is read for each user. */
  readonly dataUrl: string
  /** Further parameters of the authorization request. */
  readonly extra?: Readonly<Record<string, string>>
}

/** A server program whose users sign in at a vendor, on a loopback port. */
export interface Program {
  readonly url: string
  close(): Promise<void>
}

/** One browser's. Its id is the account whose tokens are used. */
interface Session {
  readonly id: string
  /** Kept after the sign-in, so that a callback that comes again is told from a foreign one. */
  signIn?: PendingSignIn
}

/** @param connect is told the redirect URI as soon as the port is known */
export async function startProgram(connect: (redirectUri: string) => Promise<Connection>): Promise<Program> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/`
  const connection = await connect(`${url}callback`)
  const sessions = new Map<string, Session>()
  server.on('request', (request, response) => {
    const session = sessionOf(sessions, request)
    response.setHeader('set-cookie', `program=${session.id}; HttpOnly; SameSite=Lax`)
    void answer(connection, session, new URL(request.url ?? '/', url), response).catch((error: unknown) =>
      showError(response, error),
    )
  })
  return {
    url,
    async close() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

function sessionOf(sessions: Map<string, Session>, { headers }: IncomingMessage): Session {
  const id = headers.cookie?.match(/\bprogram=([^;]+)/)?.[1] ?? randomUUID()
  const session = sessions.get(id) ?? { id }
  sessions.set(id, session)
  return session
}

async function answer(
  { credential, dataUrl, extra = {} }: Connection,
  session: Session,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const own = credential.for(session.id)
  if (url.pathname === '/sign-in') {
    const begun = await own.beginSignIn({ extra })
    session.signIn = begun.signIn
    response.writeHead(303, { location: begun.url.href }).end()
    return
  }
  if (url.pathname === '/callback') {
    if (session.signIn === undefined) return show(response, 'Nobody began to sign in here')
    await own.completeSignIn(url, session.signIn)
  }
  const { state } = await own.status()
  if (state === 'signed_out') return show(response, 'Nobody has signed in')
  const data = await withCredential(fetch, own)(dataUrl)
  show(response, 'Your data', await data.text())
}

function showError(response: ServerResponse, error: unknown): void {
  if (isCredentialError(error, 'sign_in_failed')) return show(response, error.code, error.reason)
  show(response, isCredentialError(error) ? error.code : String(error))
}

function show(response: ServerResponse, heading: string, detail = ''): void {
  const html = `<!doctype html><title>Program</title><h1>${escapeHtml(heading)}</h1><pre>${escapeHtml(detail)}</pre><a href="/sign-in">Sign in</a> <a href="/">Data</a>`
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html)
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
