import type { CredentialErrorInit } from '@valetkey/core'
import type { Endpoints } from './endpoints.ts'
import type { RequestContext } from './send.ts'
import type { PendingSignIn } from './sign-in-credential.ts'
import { signInFailed } from './sign-in-error.ts'

/**
 * A callback of another authorization server, whose code must not be sent to this one (RFC 9207 §2.4).
 *
 * @param sent `iss` of the callback
 * @throws CredentialError `sign_in_failed`; GrantError
 */
export async function checkIssuer(
  endpoints: Endpoints,
  sent: string | undefined,
  signIn: PendingSignIn,
  of: CredentialErrorInit,
  context: RequestContext,
): Promise<void> {
  const own = await endpoints.issuer(context)
  const mismatch = (problem: string) => signInFailed('issuer_mismatch', problem, of)
  if (signIn.issuer !== undefined && signIn.issuer !== own?.identifier) {
    throw mismatch('the sign-in was begun at another issuer')
  }
  if (sent === undefined && own?.isPromised) throw mismatch('the callback does not name its issuer')
  if (sent === undefined || (own ? sent === own.identifier : await isNeighbour(endpoints, sent, context))) return
  throw mismatch('the callback is that of another issuer')
}

/** Where nobody has said who the issuer is, it is at home where one of its endpoints is. */
async function isNeighbour(endpoints: Endpoints, issuer: string, context: RequestContext): Promise<boolean> {
  const urls = [await endpoints.find('authorizationUrl', context), await endpoints.find('tokenUrl', context)]
  return URL.canParse(issuer) && urls.some((url) => url?.origin === new URL(issuer).origin)
}
