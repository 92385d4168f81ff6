import { createTokenCredential, memoryStore, type TokenStore } from '@valetkey/core'
import { authorizationCode, clientCredentials } from '@valetkey/oauth2'

/** One way to have the tokens of many accounts in a process. */
export interface Subject {
  readonly name: string
  /** Gives what a program holds of an account, once its token is fresh and was put on a request. */
  open(): (account: string) => Promise<object>
}

const HOUR_S = 3600
/** Made of two parts, as a text that came over the network and is used as it is. */
const tokenOf = (account: string): string => Buffer.from(`token-of-${account}-${'x'.repeat(40)}`).toString('latin1')

/** What a careful program writes for itself: a map, one refresh at a time, and the header made once. */
const careful: Subject = {
  name: 'careful code',
  open() {
    class Account {
      header = ''
      expiresAt = 0
      refreshing: Promise<string> | undefined = undefined
      readonly name: string
      constructor(name: string) {
        this.name = name
      }
      authorization(): string | Promise<string> {
        if (Date.now() < this.expiresAt) return this.header
        this.refreshing ??= this.refresh()
        return this.refreshing
      }
      async refresh(): Promise<string> {
        await undefined
        this.header = Buffer.from(`Bearer ${tokenOf(this.name)}`).toString('latin1')
        this.expiresAt = Date.now() + HOUR_S * 1000
        this.refreshing = undefined
        return this.header
      }
    }
    const accounts = new Map<string, WeakRef<Account>>()
    const forgotten = new FinalizationRegistry<string>((name) => {
      if (!accounts.get(name)?.deref()) accounts.delete(name)
    })
    return async (name) => {
      const account = accounts.get(name)?.deref() ?? new Account(name)
      accounts.set(name, new WeakRef(account))
      forgotten.register(account, name)
      await account.authorization()
      return account
    }
  },
}

/** A database: what it holds is not in this process. */
const elsewhere = (): TokenStore => ({
  specVersion: 'v1',
  async get(key) {
    const account = String((JSON.parse(key) as readonly unknown[]).at(-1))
    const now = Date.now()
    const tokens = {
      accessToken: tokenOf(account),
      tokenType: 'Bearer',
      issuedAt: now,
      expiresAt: now + HOUR_S * 1000,
      refreshToken: `refresh-${tokenOf(account)}`,
      scopes: ['read', 'write'],
    }
    const record = {
      v: 1,
      key,
      generation: 1,
      setId: `0123456789abcdef-${account}`,
      tokens,
      writtenBy: '0123456789abcdef',
    }
    return { now, version: '1', value: JSON.stringify(record) }
  },
  compareAndSet: async () => ({ ok: false }),
})

const definition = (acquires: boolean) => ({
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  identity: ['https://login.acme.example/token', 'client', 'grant'],
  grant: acquires
    ? { acquire: async ({ account }: { account: string }) => ({ accessToken: tokenOf(account), expiresIn: HOUR_S }) }
    : { refresh: async () => ({ accessToken: 'never asked for' }) },
})

/** As a client does for a request. */
const used = async <C extends { authorization(): unknown }>(credential: C): Promise<C> => {
  await credential.authorization()
  return credential
}

const CLIENT = {
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  tokenUrl: 'https://login.acme.example/token',
  authorizationUrl: 'https://login.acme.example/authorize',
  clientId: 'client',
  clientSecret: 'invented-secret',
}

export const SUBJECTS: readonly Subject[] = [
  careful,
  {
    name: 'createTokenCredential, store elsewhere',
    open() {
      const [store, given] = [elsewhere(), definition(false)]
      return (account) => used(createTokenCredential(given, { store, account }))
    },
  },
  {
    name: 'createTokenCredential, memoryStore and its text included',
    open() {
      const [store, given] = [memoryStore(), definition(true)]
      return (account) => used(createTokenCredential(given, { store, account }))
    },
  },
  {
    name: 'authorizationCode().for(account), store elsewhere',
    open() {
      const redirectUri = 'https://app.example/callback'
      const credential = authorizationCode({ ...CLIENT, redirectUri, store: elsewhere() })
      return (account) => used(credential.for(account))
    },
  },
]

/** Ways to have a credential for one request, over a store that knows its token. */
export const PER_REQUEST: readonly { readonly name: string; open(): () => Promise<unknown> }[] = [
  {
    name: 'careful code',
    open() {
      const tokens = new Map<string, { readonly header: string; readonly expiresAt: number }>()
      const make = (options: Readonly<Record<string, unknown>>) => {
        for (const name in options) if (!Object.hasOwn(CLIENT, name)) throw new TypeError(`"${name}" is not an option`)
        const { vendor, clientId, clientSecret } = options
        if (typeof clientSecret !== 'string' || clientSecret === '') throw new TypeError('"clientSecret" is required')
        const token = new URL(String(options.tokenUrl))
        const origins = (options.origins as readonly string[]).map((origin) => new URL(origin).origin)
        const key = JSON.stringify([vendor, token.href, clientId, clientSecret])
        return {
          covers: (origin: string) => origins.includes(origin),
          async authorization() {
            const known = tokens.get(key)
            if (known && Date.now() < known.expiresAt) return known.header
            const fresh = { header: `Bearer ${tokenOf('default')}`, expiresAt: Date.now() + HOUR_S * 1000 }
            tokens.set(key, fresh)
            return fresh.header
          },
        }
      }
      return () => make({ ...CLIENT }).authorization()
    },
  },
  {
    name: 'createTokenCredential',
    open() {
      const [store, given] = [memoryStore(), definition(true)]
      return async () => createTokenCredential(given, { store }).authorization()
    },
  },
  {
    name: "clientCredentials, keyedBy: 'identity'",
    open() {
      const options = { ...CLIENT, store: memoryStore(), fetch: tokenEndpoint, keyedBy: 'identity' } as const
      return async () => clientCredentials({ ...options }).authorization()
    },
  },
  {
    name: 'clientCredentials',
    open() {
      const options = { ...CLIENT, store: memoryStore(), fetch: tokenEndpoint }
      return async () => clientCredentials({ ...options }).authorization()
    },
  },
]

const tokenEndpoint: typeof fetch = async () =>
  Response.json({ access_token: tokenOf('default'), token_type: 'Bearer', expires_in: HOUR_S })
