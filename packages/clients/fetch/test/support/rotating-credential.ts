import type { Credential, Placement } from '@valetkey/core'
import { createAuthorization, type ObservedDetail } from '@valetkey/core/kit'

export type TokenPlace = 'authorization' | 'x-api-key' | 'query'

export const TOKEN_PLACES: readonly TokenPlace[] = ['authorization', 'x-api-key', 'query']

export interface RotatingCredential extends Credential {
  /** How often a token was obtained after the first one. */
  readonly renewals: number
  /** What the client told, e.g. `refused 1 401`. */
  readonly observed: readonly string[]
  /** The tokens that it gave away so far: t1, t2 … */
  readonly token: string
  /** Makes `authorization` wait until the returned function is called. */
  holdAuthorization(): () => void
  /** Makes refreshes wait until the returned function is called. */
  holdRenewal(): () => void
}

export interface RotatingOptions extends Partial<Credential> {
  readonly origins?: readonly string[]
  readonly tokenPlace?: TokenPlace
}

/** A credential whose tokens are t1, t2 …; a refresh is shared by all who ask for it at once. */
export function rotatingCredential({ origins, tokenPlace = 'authorization', ...overrides }: RotatingOptions = {}) {
  let generation = 1
  let renewals = 0
  let renewal: Promise<void> | undefined
  let authorized: Promise<void> | undefined
  let renewed = Promise.resolve()
  const observed: string[] = []
  const authorize = () => createAuthorization(placement(tokenPlace, `t${generation}`), generation)
  const renew = async () => {
    await renewed
    renewals += 1
    generation += 1
    renewal = undefined
  }
  const credential: RotatingCredential = {
    specVersion: 'v1',
    vendor: 'acme',
    account: 'default',
    carries: {
      headers: tokenPlace === 'query' ? [] : [tokenPlace],
      query: tokenPlace === 'query' ? ['api_key'] : [],
    },
    covers: (origin) => origins === undefined || origins.includes(origin),
    authorization: () => authorized?.then(authorize) ?? authorize(),
    refuses: ({ status }) => status === 401,
    async renew(refused) {
      if (refused.generation === generation) {
        renewal ??= renew()
        await renewal
      }
      return authorize()
    },
    observe(event, detail: ObservedDetail) {
      const { status, accepted, reason } = detail
      observed.push([event, detail.generation, status, accepted, reason].filter((it) => it !== undefined).join(' '))
    },
    get renewals() {
      return renewals
    },
    get token() {
      return `t${generation}`
    },
    observed,
    holdAuthorization() {
      const { promise, open } = gate()
      authorized = promise.then(() => {
        authorized = undefined
      })
      return open
    },
    holdRenewal() {
      const { promise, open } = gate()
      renewed = promise
      return open
    },
  }
  return Object.assign(credential, overrides)
}

function placement(tokenPlace: TokenPlace, token: string): Placement {
  if (tokenPlace === 'query') return { query: { api_key: token } }
  return { headers: { [tokenPlace]: tokenPlace === 'authorization' ? `Bearer ${token}` : token } }
}

export function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = () => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open: () => open() }
}
