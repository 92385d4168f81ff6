import type { InsecureHosts } from '@valetkey/core/kit'
import { isGrantError, isSecureEnough, onAbort } from '@valetkey/core/kit'
import { allowInsecureRequests, customFetch, discoveryRequest } from 'oauth4webapi'
import type { EndpointName } from '../options.ts'
import { parseHttpUrl } from '../options.ts'
import { asRecord, readAnswer } from './answer.ts'
import { describe, unsent } from './refusal.ts'
import type { RequestContext } from './request.ts'
import { send } from './request.ts'

/** How a discovery document calls the endpoints (RFC 8414 §2, RFC 8628 §4, RFC 9126 §5). */
const METADATA_NAMES = {
  tokenUrl: 'token_endpoint',
  authorizationUrl: 'authorization_endpoint',
  revocationUrl: 'revocation_endpoint',
  deviceAuthorizationUrl: 'device_authorization_endpoint',
  introspectionUrl: 'introspection_endpoint',
  pushedAuthorizationRequestUrl: 'pushed_authorization_request_endpoint',
} as const

/** As long as a token request may take; later reads must not wait for a silent connection. */
const READ_LIMIT_MS = 60_000

/** What an issuer publishes about itself (RFC 8414 §2); only its `issuer` has been checked. */
export type ServerMetadata = Readonly<Record<string, unknown>> & { readonly issuer: string }

/** An issuer's discovery document. It is read once, when it is first needed. */
export interface Discovery {
  /** @throws GrantError */
  metadata(context: RequestContext): Promise<ServerMetadata>
  /** Undefined: the document names no such endpoint. @throws GrantError */
  find(name: EndpointName, context: RequestContext): Promise<URL | undefined>
}

type HeaderTexts = Readonly<Record<string, string>>

type Options = { readonly allowInsecureRequests?: InsecureHosts | undefined }

/** @param headers of each request, by names in lower case */
export function createDiscovery(issuer: URL, options: Options, headers: HeaderTexts): Discovery {
  const metadata = once((context) => discover(issuer, headers, context))
  return {
    metadata,
    find: async (name, context) => endpointUrl(await metadata(context), METADATA_NAMES[name], options),
  }
}

/** Concurrent callers share one read, which continues when one of them aborts; a failure is not kept. */
function once<T>(read: (context: RequestContext) => Promise<T>): (context: RequestContext) => Promise<T> {
  let reading: Promise<T> | undefined
  return ({ fetch, signal }) => {
    reading ??= readInTime(read, fetch).catch((error: unknown) => {
      reading = undefined
      throw error
    })
    return untilAborted(reading, signal)
  }
}

/** `AbortSignal.timeout` is missing on some platforms. */
async function readInTime<T>(
  read: (context: RequestContext) => Promise<T>,
  fetch: RequestContext['fetch'],
): Promise<T> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), READ_LIMIT_MS)
  try {
    return await read({ fetch, signal: limit.signal })
  } finally {
    clearTimeout(timer)
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = onAbort(signal, () => reject(unsent('given up')))
    work.then(resolve, reject).finally(leave)
  })
}

/** An attacker who can write the document must not be able to move secrets to an unencrypted connection (S4, S19). */
function endpointUrl(metadata: ServerMetadata, member: string, options: Options): URL | undefined {
  const value = metadata[member]
  if (value === undefined || value === null) return undefined
  const url = parseHttpUrl(value)
  if (url && !url.username && !url.password && isSecureEnough(url, options.allowInsecureRequests)) return url
  throw unsent(`${member} of the discovery document is not an https URL`, 'client_rejected')
}

/**
 * Reads the issuer's discovery document: RFC 8414, then OpenID Connect Discovery 1.0.
 *
 * @throws GrantError `unavailable`; `client_rejected` when the document is another issuer's. No token request was sent.
 */
async function discover(issuer: URL, headers: HeaderTexts, context: RequestContext): Promise<ServerMetadata> {
  const metadata = (await read(issuer, 'oauth2', headers, context)) ?? (await read(issuer, 'oidc', headers, context))
  if (!metadata) throw unsent('the issuer has no discovery document')
  if (URL.canParse(metadata.issuer) && new URL(metadata.issuer).href === issuer.href) return metadata
  throw unsent(`the discovery document names another issuer, ${describe(metadata.issuer, [])}`, 'client_rejected')
}

async function read(
  issuer: URL,
  algorithm: 'oauth2' | 'oidc',
  headers: HeaderTexts,
  context: RequestContext,
): Promise<ServerMetadata | undefined> {
  const { ok, status, body } = await fetchDocument(issuer, algorithm, headers, context)
  if (ok && isMetadata(body)) return body
  if (status >= 500) throw unsent(`the discovery document has status ${status}`)
  return undefined
}

async function fetchDocument(
  issuer: URL,
  algorithm: 'oauth2' | 'oidc',
  headers: HeaderTexts,
  context: RequestContext,
): Promise<{ ok: boolean; status: number; body: Readonly<Record<string, unknown>> }> {
  try {
    const response = await discoveryRequest(issuer, {
      algorithm,
      headers: { ...headers, 'accept-encoding': 'identity' },
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
