import { isGrantError } from '@valetkey/core'
import { allowInsecureRequests, customFetch, discoveryRequest } from 'oauth4webapi'
import { describe } from './describe.ts'
import { unsent } from './failures.ts'
import { asRecord } from './own-members.ts'
import { readAnswer } from './read-answer.ts'
import type { RequestContext } from './send.ts'
import { send } from './send.ts'

/** What an issuer publishes about itself (RFC 8414 §2); only its `issuer` has been checked. */
export type ServerMetadata = Readonly<Record<string, unknown>> & { readonly issuer: string }

/**
 * Reads the issuer's discovery document: RFC 8414, then OpenID Connect Discovery 1.0.
 *
 * @throws GrantError `unavailable`; `client_rejected` when the document is another issuer's. No token request was sent.
 */
export async function discover(issuer: URL, context: RequestContext): Promise<ServerMetadata> {
  const metadata = (await read(issuer, 'oauth2', context)) ?? (await read(issuer, 'oidc', context))
  if (!metadata) throw unsent('the issuer has no discovery document')
  if (URL.canParse(metadata.issuer) && new URL(metadata.issuer).href === issuer.href) return metadata
  throw unsent(`the discovery document is that of another issuer, ${describe(metadata.issuer, [])}`, 'client_rejected')
}

async function read(
  issuer: URL,
  algorithm: 'oauth2' | 'oidc',
  context: RequestContext,
): Promise<ServerMetadata | undefined> {
  const { ok, status, body } = await fetchDocument(issuer, algorithm, context)
  if (ok && isMetadata(body)) return body
  if (status >= 500) throw unsent(`the discovery document has status ${status}`)
  return undefined
}

async function fetchDocument(
  issuer: URL,
  algorithm: 'oauth2' | 'oidc',
  context: RequestContext,
): Promise<{ ok: boolean; status: number; body: Readonly<Record<string, unknown>> }> {
  try {
    const response = await discoveryRequest(issuer, {
      algorithm,
      headers: { 'accept-encoding': 'identity' },
      // oxlint-disable-next-line typescript/no-deprecated -- marked so "to stand out"; the URL was checked at construction
      [allowInsecureRequests]: issuer.protocol === 'http:',
      [customFetch]: (url, { method, headers, redirect }) => send(url, { method, headers, redirect }, context),
    })
    const { ok, status } = response
    return { ok, status, body: asRecord(await readAnswer(response, context.signal)) }
  } catch (error) {
    const description = isGrantError(error) ? error.failure.description : undefined
    throw unsent(`no discovery document: ${description ?? 'no answer'}`)
  }
}

function isMetadata(document: Readonly<Record<string, unknown>>): document is ServerMetadata {
  return typeof document.issuer === 'string'
}
