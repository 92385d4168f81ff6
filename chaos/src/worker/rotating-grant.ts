import { GrantError, type TokenGrant, type TokenSet } from '@valetkey/core'
import { epochMs } from '../epoch.ts'
import { serialIn } from '../vendor/token-families.ts'
import type { Print } from './worker-line.ts'

/** Refreshes at the vendor; signing in is a person's affair. */
export function rotatingGrant(vendorOrigin: string, worker: string, print: Print): TokenGrant {
  return {
    async refresh(refreshToken, { fetch, signal }) {
      print({ type: 'sending', serial: serialIn(refreshToken) ?? -1, at: epochMs() })
      const response = await fetch(`${vendorOrigin}/token`, {
        method: 'POST',
        headers: { 'x-worker': worker },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
        redirect: 'error',
        signal,
      })
      if (!response.ok) throw await failureOf(response)
      const tokens: TokenSet = await response.json()
      return tokens
    },
  }
}

async function failureOf(response: Response): Promise<GrantError> {
  const { status } = response
  await response.body?.cancel()
  if (status === 400)
    return new GrantError({ kind: 'reauthorization_required', sent: true, status, oauthError: 'invalid_grant' })
  const retryAfter = response.headers.get('retry-after')
  const retryAfterMs = retryAfter === null ? undefined : Number(retryAfter) * 1000
  return new GrantError({ kind: 'token_unavailable', sent: true, status, retryAfterMs })
}
