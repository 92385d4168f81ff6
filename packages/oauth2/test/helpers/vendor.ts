import type { TokenCredential } from '@valetkey/core'
import { isCredentialError, memoryStore } from '@valetkey/core'
import type { VendorData } from '../../src/index.ts'
import { clientCredentials, defineVendor } from '../../src/index.ts'

export const CLIENT = { clientId: 'boat-app', clientSecret: 'canary-client-secret' }

export const DATA = {
  name: 'acme',
  origins: ['https://api.acme.example', 'https://files.acme.example'],
  tokenUrl: 'https://login.acme.example/token',
} as const satisfies VendorData

/** The factory of client credentials of a vendor that has this beside `DATA`. */
export const acme = (data: Partial<VendorData> = {}) =>
  defineVendor<VendorData>({ ...DATA, ...data })(clientCredentials)

/** As a program without types would give them. */
export type Loose = Readonly<Record<string, unknown>>

/** The type of a factory says which options it takes; these tests also give it others. */
export type AnyFactory = (options: never) => TokenCredential

export interface TokenRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly form: URLSearchParams
}

/** Gives each request a token of its own, wherever it is sent to. */
export function createTokenEndpoint() {
  const requests: TokenRequest[] = []
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const form = new URLSearchParams(await request.text())
    requests.push({ url: request.url, headers: Object.fromEntries(request.headers), form })
    return Response.json({ access_token: `token-${requests.length}`, token_type: 'Bearer', expires_in: 3600 })
  }
  const common = { ...CLIENT, store: memoryStore(), fetch: send }
  return {
    requests,
    fetch: send,
    connect: (make: AnyFactory, options: Loose = {}) => Reflect.apply(make, undefined, [{ ...common, ...options }]),
    tokenOf: async (make: AnyFactory, options: Loose = {}) => {
      const credential: TokenCredential = Reflect.apply(make, undefined, [{ ...common, ...options }])
      return (await credential.getToken()).accessToken
    },
  }
}

/** What is sent for the first token. */
export async function firstRequest(make: AnyFactory, options: Loose = {}): Promise<TokenRequest> {
  const { requests, tokenOf } = createTokenEndpoint()
  await tokenOf(make, options)
  const [request] = requests
  if (request === undefined) throw new Error('no token was asked for')
  return request
}

/** Why the factory does not take these options beside those of a client: the code and the message. */
export function refusalOf(make: AnyFactory, options: Loose = {}): string {
  try {
    Reflect.apply(make, undefined, [{ ...CLIENT, ...options }])
  } catch (error) {
    if (isCredentialError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'taken'
}
