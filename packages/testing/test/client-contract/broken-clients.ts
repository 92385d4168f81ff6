import {
  type Authorization,
  type Credential,
  type CredentialSource,
  isCredentialError,
  type RequestOptions,
} from '@valetkey/core'
import { type ClientParts, GOOD, type Plugin } from './client.ts'
import { type PlainFetch, type PlainInit, withCredential } from './fetch-plugin.ts'

/** A client that does one thing wrong. */
export interface BrokenClient {
  readonly fault: string
  readonly parts: ClientParts
  /** The rule whose tests fail, some of them at least; all others pass. */
  readonly rule: string
}

export const BROKEN_CLIENTS: readonly BrokenClient[] = [
  {
    rule: 'C1',
    fault: 'attaches the credential to requests to every origin',
    parts: around((send, _inner, credential) => async (url, init) => {
      if (credential.covers(new URL(url).origin)) return send(url, init)
      const { headers } = await credential.authorization()
      return send(url, { ...init, headers: { ...headers, ...init.headers } })
    }),
  },
  {
    rule: 'C2',
    fault: 'renews on the 401 of a header that the caller set',
    parts: around((send, inner, credential) => async (url, init) => {
      const response = await send(url, init)
      if (response.status !== 401 || !init.headers?.authorization) return response
      const { headers } = await credential.authorization()
      return inner(url, { ...init, headers: { ...init.headers, ...headers } })
    }),
  },
  {
    rule: 'C2',
    fault: 'replaces what the caller set',
    parts: around((send, _inner, { carries }) => (url, init) => {
      const own = Object.entries(init.headers ?? {}).filter(([name]) => !carries.headers.includes(name))
      return send(url, { ...init, headers: Object.fromEntries(own) })
    }),
  },
  {
    rule: 'C3',
    fault: 'renews the current token whichever was refused',
    parts: withSource((credential) => ({
      renew: async (_refused, options) => credential.renew(await credential.authorization(), options),
    })),
  },
  {
    rule: 'C4',
    fault: 'sends a request again that was refused twice',
    parts: { ...GOOD, plugin: replayingOnceMore },
  },
  {
    rule: 'C4',
    fault: 'sends nothing again after a try of the client itself',
    parts: { ...GOOD, plugin: countingTries },
  },
  {
    rule: 'C4',
    fault: 'knows no "replay"',
    parts: { ...GOOD, plugin: (inner, source, options) => withCredential(inner, source, { ...options, replay: true }) },
  },
  {
    rule: 'C4',
    fault: 'repeats a POST that was accepted, because the page that it led to was refused',
    parts: underneath(followingByItself),
  },
  {
    rule: 'C4',
    fault: 'renews a token that the API may not know yet',
    parts: withSource(() => ({ untilKnown: () => undefined })),
  },
  {
    rule: 'C5',
    fault: 'ties a token call to the signal of the caller who began it',
    parts: withSource(tiedToCaller),
  },
  {
    rule: 'C6',
    fault: 'sends the refused authorization again when there is no newer one',
    parts: withSource((credential) => ({
      renew: async (refused, options) => (await credential.renew(refused, options)) ?? refused,
    })),
  },
  {
    rule: 'C7',
    fault: 'sends a body that was read once as an empty one',
    parts: around((send) => async (url, init) => {
      const response = await send(url, init)
      const { body, ...others } = init
      return response.status === 401 && body instanceof ReadableStream ? send(url, others) : response
    }),
  },
  {
    rule: 'C7',
    fault: 'sends the whole buffer of a view',
    parts: around((send) => (url, init) => {
      const { body } = init
      return send(url, body instanceof Uint8Array ? { ...init, body: new TextDecoder().decode(body.buffer) } : init)
    }),
  },
  {
    rule: 'C8',
    fault: 'leaves a refusal unread',
    parts: underneath(leavingUnread),
  },
  {
    rule: 'C9',
    fault: 'takes every 401 for one of its own origin',
    parts: around((send, _inner, credential) => async (url, init) => {
      const response = await send(url, init)
      const isOurs = [url, response.url].map((it) => credential.covers(new URL(it).origin))
      if (response.status !== 401 || !isOurs[0] || isOurs[1]) return response
      await credential.renew(await credential.authorization())
      return send(url, init)
    }),
  },
  {
    rule: 'C10',
    fault: 'lets the platform carry a key along redirects',
    parts: underneath((inner) => (url, init = {}) => {
      return inner(url, init.headers?.['x-api-key'] ? { ...init, redirect: 'follow' } : init)
    }),
  },
  {
    rule: 'C11',
    fault: 'takes 403 for a refusal',
    parts: withSource((credential) => ({
      refuses: (view) => view.status === 403 || credential.refuses(view),
    })),
  },
  {
    rule: 'C11',
    fault: 'reads every answer before it hands it over',
    parts: underneath((inner) => async (url, init) => {
      const response = await inner(url, init)
      if (response.status === 200) await response.clone().text()
      return response
    }),
  },
  {
    rule: 'C12',
    fault: 'does not tell which answers were accepted',
    parts: withSource(() => ({ accepted: () => {} })),
  },
  {
    rule: 'C12',
    fault: 'reports every replay as accepted, so that tokens are minted for ever',
    parts: withSource((credential) => ({
      observe: (event, detail) => credential.observe?.(event, { ...detail, accepted: true }),
    })),
  },
  {
    rule: 'C13',
    fault: 'rebuilds the options from those that it knows',
    parts: around(
      (send) =>
        (url, { method, headers, body, signal, duplex, valetkey }: PlainInit & { duplex?: 'half' }) => {
          return send(url, { method, headers, body, signal, duplex, valetkey } as PlainInit)
        },
    ),
  },
  {
    rule: 'C13',
    fault: 'makes a Request of what it is called with',
    parts: underneath((inner) => (url, init = {}) => {
      const { method = 'GET', headers = {}, ...others } = init
      return inner(new Request(url, { method, headers }) as unknown as string, others)
    }),
  },
  {
    rule: 'C14',
    fault: 'runs the hooks of the caller again for the replay',
    parts: { ...GOOD, hooksOutside: false },
  },
  {
    rule: 'C15',
    fault: 'keeps on the answer what was sent',
    parts: underneath(
      (inner) => async (url, init) => Object.assign(await inner(url, init), { request: { url, init } }),
    ),
  },
  {
    rule: 'C16',
    fault: 'cannot be taken off',
    parts: { ...GOOD, detaches: false },
  },
  {
    rule: 'C16',
    fault: 'leaves a mark when it is taken off',
    parts: { ...GOOD, leaves: ['valetkey was here'] },
  },
  {
    rule: 'C17',
    fault: 'awaits a token that is there',
    parts: around((send) => async (url, init) => {
      await undefined
      return send(url, init)
    }),
  },
  {
    rule: 'C18',
    fault: 'sends without a credential when it fails',
    parts: around((send, inner) => async (url, init) => {
      try {
        return await send(url, init)
      } catch (error) {
        if (isCredentialError(error, 'not_signed_in')) return inner(url, init)
        throw error
      }
    }),
  },
  {
    rule: 'C19',
    fault: 'does not read what a request says of its credential',
    parts: around(
      (send) =>
        (url, { valetkey: _valetkey, ...init }) =>
          send(url, init),
    ),
  },
  {
    rule: 'C19',
    fault: 'takes what it does not know in a request for a mistake of no weight',
    parts: around((send) => (url, { valetkey, ...init }) => {
      const { credential, replay, optional } = Object(valetkey) as RequestOptions
      return send(url, { ...init, valetkey: { credential, replay, optional } })
    }),
  },
  {
    rule: 'C20',
    fault: 'is silent about origins that no credential covers',
    parts: { ...GOOD, plugin: (inner, source, { replay }) => withCredential(inner, source, { replay }) },
  },
  {
    rule: 'C20',
    fault: 'tells an origin each time',
    parts: {
      ...GOOD,
      plugin: (inner, source, options) => (url, init) => withCredential(inner, source, options)(url, init),
    },
  },
]

type Send = (url: string, init: PlainInit) => Promise<Response>

/** Around the good plugin. */
function around(change: (send: Send, inner: PlainFetch, credential: Credential) => Send): ClientParts {
  const plugin: Plugin = (inner, source, options) => {
    const changed = change(withCredential(inner, source, options), inner, firstOf(source))
    return (url, init = {}) => changed(url, init)
  }
  return { ...GOOD, plugin }
}

/** Between the good plugin and the fetch that it wraps. */
function underneath(change: (inner: PlainFetch) => PlainFetch): ClientParts {
  return { ...GOOD, plugin: (inner, source, options) => withCredential(change(inner), source, options) }
}

/** Between the good plugin and its credential. */
function withSource(change: (credential: Credential) => Partial<Credential>): ClientParts {
  const plugin: Plugin = (inner, source, options) => {
    const all = [source].flat().filter((it) => typeof it === 'object')
    const changed = all.map((credential) => ({ ...credential, ...change(credential) }))
    return withCredential(inner, changed, options)
  }
  return { ...GOOD, plugin }
}

function firstOf(source: CredentialSource): Credential {
  const [first] = [source].flat()
  if (typeof first !== 'object') throw new TypeError('the contract gives credentials')
  return first
}

/** Judges by the credential's own report that the replay was refused. */
function replayingOnceMore(...[inner, source, options]: Parameters<Plugin>): PlainFetch {
  let isRefused = false
  const credential = firstOf(source)
  const watched: Credential = {
    ...credential,
    observe(event, detail) {
      isRefused = event === 'replayed' && detail.accepted === false
      credential.observe?.(event, detail)
    },
  }
  const send = withCredential(inner, Array.isArray(source) ? source : watched, options)
  return async (url, init) => {
    const response = await send(url, init)
    return isRefused ? send(url, init) : response
  }
}

/** Then nobody above knows that the request has become another one. */
function followingByItself(inner: PlainFetch): PlainFetch {
  return async (url, init = {}) => {
    const response = await inner(url, init)
    const end = new URL(response.headers.get('location') ?? url, url)
    if (response.status !== 303 || end.origin !== new URL(url).origin || !init.headers?.authorization) return response
    await response.body?.cancel()
    return inner(end.href, { headers: { authorization: init.headers.authorization }, redirect: 'manual' })
  }
}

/** Takes the second request with the same options for the replay. */
function countingTries(...[inner, source, options]: Parameters<Plugin>): PlainFetch {
  const tried = new Set<unknown>()
  const [replaying, once] = [options, { ...options, replay: false }].map((it) => withCredential(inner, source, it))
  return (url, init) => {
    const send = tried.has(init) ? once : replaying
    tried.add(init)
    return (send ?? inner)(url, init)
  }
}

function leavingUnread(inner: PlainFetch): PlainFetch {
  // What is collected is given up as well.
  const kept: Response[] = []
  return async (url, init) => {
    const response = await inner(url, init)
    if (response.status !== 401) return response
    kept.push(response)
    return Object.defineProperty(response, 'body', { value: { cancel: async () => {} } })
  }
}

function tiedToCaller(credential: Credential): Partial<Credential> {
  let flight: Promise<unknown> | undefined
  const share = async <T>(start: () => T | Promise<T>, signal: AbortSignal | null | undefined): Promise<T> => {
    flight ??= Promise.race([start(), rejectedBy(signal)]).finally(() => {
      flight = undefined
    })
    return flight as Promise<T>
  }
  return {
    authorization(options) {
      const authorization = credential.authorization()
      return authorization instanceof Promise ? share(() => authorization, options?.signal) : authorization
    },
    renew: (refused, options) =>
      share<Authorization | undefined>(() => credential.renew(refused, { ...options, signal: null }), options?.signal),
  }
}

function rejectedBy(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}
