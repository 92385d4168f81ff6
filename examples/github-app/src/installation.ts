import { createPrivateKey } from 'node:crypto'
import {
  type CredentialOptions,
  createTokenCredential,
  type GrantContext,
  GrantError,
  type TokenCredential,
  type TokenSet,
} from '@valetkey/core'
import { SignJWT } from 'jose'

export interface InstallationOptions extends CredentialOptions {
  /** Of the app's settings page. */
  readonly clientId: string
  /** The app's private key, PEM as GitHub gives it out. */
  readonly privateKey: string
  readonly installationId: number
  /** Of GitHub Enterprise Server: `https://HOST/api/v3`. @default 'https://api.github.com' */
  readonly apiUrl?: string
}

/** A token of one installation of the app, for an hour; a new one is acquired before it ends. */
export function githubInstallation(options: InstallationOptions): TokenCredential {
  const { clientId, privateKey, installationId, apiUrl = 'https://api.github.com', ...rest } = options
  const url = `${apiUrl}/app/installations/${installationId}/access_tokens`
  return createTokenCredential(
    {
      vendor: 'github',
      origins: [new URL(apiUrl).origin],
      identity: [url, clientId],
      grant: {
        acquire: (context) => requestToken(url, clientId, privateKey, context),
        secrets: async () => privateKey,
      },
    },
    rest,
  )
}

async function requestToken(
  url: string,
  clientId: string,
  privateKey: string,
  context: GrantContext,
): Promise<TokenSet> {
  const { fetch, signal, now } = context
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${await signJwt(clientId, privateKey, now())}`,
  }
  const response = await fetch(url, { method: 'POST', redirect: 'manual', headers, signal })
  const body = await response.json().catch(() => undefined)
  if (response.status !== 201 || typeof body?.token !== 'string') throw refusalOf(response)
  return { accessToken: body.token, expiresIn: (Date.parse(body.expires_at) - now()) / 1000 }
}

/** Issued a minute ago, as GitHub's clock may be behind, and valid for ten minutes at most. */
async function signJwt(clientId: string, privateKey: string, now: number): Promise<string> {
  const iat = Math.floor(now / 1000) - 60
  const claims = { iss: clientId, iat, exp: iat + 600 }
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(createPrivateKey(privateKey))
}

/** 401: a wrong key or client id. 404: no such installation, or not of this app. Everything else may pass. */
function refusalOf({ status, headers }: Response): GrantError {
  const isRejected = status === 401 || status === 404
  const retryAfterMs = Number(headers.get('retry-after')) * 1000
  return new GrantError({
    kind: isRejected ? 'client_rejected' : 'token_unavailable',
    sent: true,
    status,
    retryAfterMs,
  })
}
