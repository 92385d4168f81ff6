import type { GrantContext } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import { unsent } from './failures.ts'
import { networkFailure } from './network-failure.ts'

/** What a request to the authorization server needs of its surroundings. */
export type RequestContext = Pick<GrantContext, 'fetch' | 'signal'>

/** One request; the answer is anything but a redirect. @throws GrantError `unavailable` */
export async function send(url: string, init: RequestInit, { fetch, signal }: RequestContext): Promise<Response> {
  if (signal.aborted) throw unsent('given up before the request')
  const response = await attempt(() => fetch(url, { ...init, signal }))
  if (!isRedirect(response)) return response
  void response.body?.cancel().catch(() => undefined)
  throw new GrantError({ kind: 'unavailable', sent: true, status: response.status, description: 'redirect refused' })
}

async function attempt(request: () => Promise<Response>): Promise<Response> {
  try {
    return await request()
  } catch (error) {
    throw new GrantError(networkFailure(error))
  }
}

/** A fetch that follows redirects by itself has sent the secrets on: what it brings back is not the vendor's answer. */
function isRedirect({ redirected, type, status }: Response): boolean {
  return redirected || type === 'opaqueredirect' || (status >= 300 && status < 400)
}
