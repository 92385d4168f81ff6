import { memoryStore } from '@valetkey/core'
import type { ClientKey, OAuthOptions } from '@valetkey/oauth2'
import { virtualClock } from '@valetkey/testing'
import type { ClientMetadata, JWK } from 'oidc-provider'

export type Method = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** A program, as the provider knows it and as it knows itself. */
export interface Program {
  readonly metadata: ClientMetadata
  /** What it passes to a grant, beside the issuer. */
  readonly options: Pick<OAuthOptions, 'vendor' | 'clientId' | 'clientSecret' | 'clientKey' | 'clientAuthentication'>
}

export const REDIRECT_URI = 'https://boats.example.com/callback'

/** Characters that Basic and forms write in their own ways. */
const SECRET = 'synthetic:secret/with+odd=characters%20&'

const GRANT_TYPES = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']

export async function createProgram(method: Method): Promise<Program> {
  const clientId = `boat/app:${method}`
  const isPublic = method === 'none'
  const { key, jwk } = await createKey()
  const secret = method.startsWith('client_secret') ? SECRET : undefined
  return {
    metadata: {
      client_id: clientId,
      token_endpoint_auth_method: method,
      redirect_uris: [REDIRECT_URI],
      grant_types: isPublic ? GRANT_TYPES : [...GRANT_TYPES, 'client_credentials'],
      id_token_signed_response_alg: 'ES256',
      ...(secret !== undefined && { client_secret: secret }),
      ...(method === 'private_key_jwt' && { jwks: { keys: [jwk] }, token_endpoint_auth_signing_alg: 'ES256' }),
    },
    options: {
      vendor: 'acme',
      clientId,
      clientSecret: secret,
      clientKey: method === 'private_key_jwt' ? key : undefined,
      clientAuthentication: method,
    },
  }
}

async function createKey(): Promise<{ key: ClientKey; jwk: JWK }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const { kty = '', crv = '', x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return { key: { key: pair.privateKey, kid: 'spring' }, jwk: { kty, crv, x, y, kid: 'spring' } }
}

/** Options of a grant at a provider; the clock starts at the provider's time and is moved by hand. */
export function optionsAt(issuer: string, { options }: Program) {
  const clock = virtualClock({ now: Date.now() })
  return {
    ...options,
    issuer,
    origins: [issuer],
    scopes: ['openid', 'offline_access'],
    allowInsecureRequests: true,
    clock,
    store: memoryStore({ clock }),
  }
}
