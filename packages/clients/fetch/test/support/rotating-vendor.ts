import { createTokenCredential, GrantError, type TokenCredential, type TokenSet } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { type Reply, type Server, serve } from '@valetkey-app/test-support/serve'

export interface RotatingVendor {
  readonly api: Server
  readonly credential: TokenCredential
  readonly tokenCalls: number
  /** The lifetime of the tokens passes. */
  expire(): Promise<void>
  /** The API forgets the token that it accepted so far. */
  revoke(): void
}

const LIFETIME_S = 3600

/** An API whose tokens are renewed with refresh tokens that can be used once, and its credential. */
export async function rotatingVendor(
  answer?: (token: number | undefined) => Promise<Reply> | Reply,
): Promise<RotatingVendor> {
  const clock = virtualClock()
  let issued = 0
  let accepted = 0
  const tokens = (): TokenSet => {
    issued += 1
    accepted = issued
    return { accessToken: `t${issued}`, refreshToken: `r${issued}`, expiresIn: LIFETIME_S }
  }
  const endpoint = await serve(({ body }) => {
    const isCurrent = body === '' || body === `r${issued}`
    return isCurrent ? { body: JSON.stringify(tokens()) } : { status: 400 }
  })
  const ask = async (fetch: typeof globalThis.fetch, refreshToken: string): Promise<TokenSet> => {
    const response = await fetch(endpoint.origin, { method: 'POST', body: refreshToken })
    if (response.ok) return (await response.json()) as TokenSet
    throw new GrantError({ kind: 'reauthorization_required', sent: true, status: response.status })
  }
  const api = await serve(async ({ headers }) => {
    const token = Number(headers.authorization?.slice('Bearer t'.length))
    return (await answer?.(token)) ?? { status: token === accepted ? 200 : 401 }
  })
  const credential = createTokenCredential(
    {
      vendor: 'acme',
      origins: [api.origin],
      identity: [endpoint.origin],
      grant: {
        acquire: ({ fetch }) => ask(fetch, ''),
        refresh: (refreshToken, { fetch }) => ask(fetch, refreshToken),
      },
    },
    { clock, allowInsecureRequests: true },
  )
  return {
    api,
    credential,
    get tokenCalls() {
      return endpoint.received.length
    },
    expire: () => clock.advance(LIFETIME_S * 1_000),
    revoke() {
      accepted = 0
    },
  }
}
