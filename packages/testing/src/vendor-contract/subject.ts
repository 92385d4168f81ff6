import type { ApiKeyCredential, TokenCredential } from '@valetkey/core'
import type { Inspect } from '../find-leaks.ts'

/** One factory of a vendor package, and the data to test it. */
export interface VendorUnderTest {
  /** The vendor's name, with which its errors begin, e.g. `'flume'`. */
  readonly vendor: string
  /** The factory, e.g. `flume.password`. */
  readonly create: (options: never) => TokenCredential | ApiKeyCredential
  /** All required options and no other, each with a valid value; secrets as strings, URLs with https. */
  readonly options: Readonly<Record<string, string>>
  /** Which of `options` are secrets, and so may also be functions. */
  readonly secrets: readonly string[]
  /** Origins that get the credential with these options, e.g. `['https://api.example.com']`. */
  readonly origins: readonly string[]
  /** Which options take a URL, required or not. Only `baseUrl` moves `origins`. @default `baseUrl`; for tokens `tokenUrl` too */
  readonly urls?: readonly string[] | undefined
  /** Which of `options` identify the owner of the tokens: client, user, company. @default none */
  readonly identity?: readonly string[] | undefined
  /** The token endpoint's answer with this token; sent as JSON. Absent: the factory takes an API key. */
  readonly tokenAnswer?: ((accessToken: string) => unknown) | undefined
  /**
   * How a user signs in to a credential that `create` has made, by one request to the token endpoint. Absent: it gets its
   * tokens without a user. With it, `tokenAnswer` must also contain a refresh token.
   */
  readonly signIn?: ((credential: never) => Promise<void>) | undefined
  /** How the platform prints a value, e.g. by `util.inspect`: secrets are looked for in that too. */
  readonly inspect?: Inspect | undefined
}

export interface VendorCase {
  readonly name: string
  run(): void | Promise<void>
}

/** Options of a wrong kind are a part of what is tested, so no type stands between. */
export function create(vendor: VendorUnderTest, options: unknown): TokenCredential | ApiKeyCredential {
  return vendor.create(options as never)
}

export function urlOptions({ urls, tokenAnswer }: VendorUnderTest): readonly string[] {
  return urls ?? (tokenAnswer ? ['baseUrl', 'tokenUrl'] : ['baseUrl'])
}
