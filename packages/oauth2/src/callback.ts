import type { CredentialErrorInit } from '@valetkey/core'
import { sha256 } from './sha256.ts'
import type { PendingSignIn } from './sign-in-credential.ts'
import { signInFailed } from './sign-in-error.ts'

/** What the vendor says through the user's browser (RFC 6749 §4.1.2). */
export interface Callback {
  readonly code: string | undefined
  readonly error: string | undefined
  readonly description: string | undefined
  /** RFC 9207. */
  readonly issuer: string | undefined
}

/** Checks that the callback answers this sign-in, in time. @throws CredentialError `sign_in_failed` */
export async function readCallback(
  callbackUrl: URL | string,
  signIn: PendingSignIn,
  of: CredentialErrorInit,
  now: number,
): Promise<Callback> {
  const url = parseCallbackUrl(callbackUrl, signIn)
  if (!url) throw signInFailed('invalid_callback', 'the callback is no URL', of)
  const state = url.searchParams.getAll('state')
  if (state.length !== 1 || !(await isSameText(state[0] ?? '', signIn.state))) {
    throw signInFailed('state_mismatch', 'the callback is not that of this sign-in; sign in again', of)
  }
  if (url.pathname !== new URL(signIn.redirectUri).pathname) {
    throw signInFailed('redirect_mismatch', 'the callback did not come to the path of "redirectUri"', of)
  }
  if (now >= signIn.expiresAt) {
    throw signInFailed('expired', 'the sign-in took longer than ten minutes; sign in again', of)
  }
  return readParameters(url, of)
}

/** As servers have it: a whole URL, or only its path. */
function parseCallbackUrl(callbackUrl: URL | string, { redirectUri }: PendingSignIn): URL | undefined {
  const text = String(callbackUrl)
  return URL.canParse(text, redirectUri) ? new URL(text, redirectUri) : undefined
}

/** By digest, so that the time it takes tells nothing. */
async function isSameText(a: string, b: string): Promise<boolean> {
  return (await sha256(a)) === (await sha256(b))
}

function readParameters({ searchParams }: URL, of: CredentialErrorInit): Callback {
  const single = (name: string): string | undefined => {
    const [value, second] = searchParams.getAll(name)
    if (second === undefined) return value
    throw signInFailed('invalid_callback', `the callback has more than one "${name}"`, of)
  }
  return {
    code: single('code'),
    error: single('error'),
    description: single('error_description'),
    issuer: single('iss'),
  }
}
