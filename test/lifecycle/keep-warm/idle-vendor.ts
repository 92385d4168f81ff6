import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from '../../../packages/test-support/src/listen.ts'

export interface IdleVendorRules {
  /** A refresh token that was not used for so long ends, ms. */
  readonly idleMs?: number
  /** So long after the sign-in the grant ends, ms. */
  readonly absoluteMs?: number
  /** Whether answers say when the refresh token ends. @default false */
  readonly isOutspoken?: boolean
  /** Seconds. @default 3600 */
  readonly expiresIn?: number
  /** @default true */
  readonly givesRefreshTokens?: boolean
}

export interface TokenCall {
  readonly account: string
  readonly grantType: string
  /** Unix ms, by the vendor's clock. */
  readonly at: number
  readonly status: number
}

/** A token endpoint whose refresh tokens work once, and end when nobody uses them; a code is the name of an account. */
export interface IdleVendor {
  readonly tokenUrl: string
  readonly calls: TokenCall[]
  /** Of an account that was given a name, or of all. */
  refreshes(account?: string): TokenCall[]
  /** The most requests that were under way at once. */
  peak(): number
  /** Answers 503 from now on, or no longer. */
  fail(isFailing: boolean): void
  /** Answers nothing until what it returns is called. */
  hold(): () => void
  close(): Promise<void>
}

interface Grant {
  readonly account: string
  readonly signedInAt: number
  refreshToken: string
  usedAt: number
}

export async function startIdleVendor(now: () => number, rules: IdleVendorRules = {}): Promise<IdleVendor> {
  const { idleMs = Infinity, absoluteMs = Infinity, isOutspoken, expiresIn = 3600, givesRefreshTokens = true } = rules
  const grants = new Map<string, Grant>()
  const calls: TokenCall[] = []
  let serial = 0
  let isFailing = false
  let held: Promise<void> | undefined
  let underWay = 0
  let peak = 0

  const endOf = ({ signedInAt, usedAt }: Grant): number => Math.min(usedAt + idleMs, signedInAt + absoluteMs)
  const give = (grant: Grant): object => {
    serial += 1
    grant.refreshToken = `refresh-${serial}`
    grant.usedAt = now()
    grants.set(grant.refreshToken, grant)
    return {
      access_token: `access-${serial}`,
      token_type: 'Bearer',
      expires_in: expiresIn,
      ...(givesRefreshTokens && { refresh_token: grant.refreshToken }),
      ...(isOutspoken && { refresh_token_expires_in: Math.round((endOf(grant) - now()) / 1000) }),
    }
  }
  const answer = (form: URLSearchParams): { account: string; status: number; body: object } => {
    const account = form.get('code') ?? form.get('username')
    if (account !== null) {
      return { account, status: 200, body: give({ account, signedInAt: now(), refreshToken: '', usedAt: now() }) }
    }
    const refreshToken = form.get('refresh_token') ?? ''
    const grant = grants.get(refreshToken)
    const of = { account: grant?.account ?? '' }
    if (isFailing) return { ...of, status: 503, body: {} }
    const isLive = grant !== undefined && grant.refreshToken === refreshToken && now() < endOf(grant)
    return isLive ? { ...of, status: 200, body: give(grant) } : { ...of, status: 400, body: { error: 'invalid_grant' } }
  }
  const serve = async (request: IncomingMessage) => {
    const form = new URLSearchParams(await text(request))
    underWay += 1
    peak = Math.max(peak, underWay)
    await held
    underWay -= 1
    const { account, status, body } = answer(form)
    calls.push({ account, grantType: form.get('grant_type') ?? '', at: now(), status })
    return { status, body }
  }
  const server = createServer((request, response) => {
    void serve(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  const port = await listenOnLoopback(server)
  return {
    tokenUrl: `http://127.0.0.1:${port}/token`,
    calls,
    refreshes: (account) =>
      calls.filter((call) => call.grantType === 'refresh_token' && (account === undefined || call.account === account)),
    peak: () => peak,
    fail(failing) {
      isFailing = failing
    },
    hold() {
      let release = (): void => {}
      held = new Promise((resolve) => {
        release = () => {
          held = undefined
          resolve()
        }
      })
      return release
    },
    async close() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}
