import { requireText } from '@valetkey/core'
import type { ServerMetadata } from './discovery.ts'
import { discover } from './discovery.ts'
import type { EndpointName, EndpointOptions, Endpoints } from './endpoints.ts'
import { unsent } from './failures.ts'
import { PACKAGE_NAME } from './package-name.ts'
import type { RequestContext } from './send.ts'
import { isSecureEnough, parseHttpUrl, parseUrlOption, requireUrlOption } from './url-option.ts'

/** How a discovery document calls the endpoints (RFC 8414 §2, RFC 8628 §4, RFC 9126 §5). */
const METADATA_NAMES = {
  tokenUrl: 'token_endpoint',
  authorizationUrl: 'authorization_endpoint',
  revocationUrl: 'revocation_endpoint',
  deviceAuthorizationUrl: 'device_authorization_endpoint',
  introspectionUrl: 'introspection_endpoint',
  pushedAuthorizationRequestUrl: 'pushed_authorization_request_endpoint',
} as const

/** Of a server that may have a discovery document. It is read once, when it is first needed. */
export interface ServerEndpoints extends Endpoints {
  /** Whom a client assertion addresses: the issuer, or the token endpoint of one that nobody has named. @throws GrantError */
  audience(context: RequestContext): Promise<string>
  /** Whether authorization requests are pushed (RFC 9126): the endpoint is given, or the issuer requires it. @throws GrantError */
  wantsPush(context: RequestContext): Promise<boolean>
}

/** As long as a token request may take; a connection that says nothing must not be waited for by all that follow. */
const READ_LIMIT_MS = 60_000

type Options = EndpointOptions & { readonly allowInsecureRequests?: boolean | undefined }

/** @throws CredentialError `invalid_option`, `insecure_url` */
export function resolveEndpoints(options: Options): ServerEndpoints {
  const { issuer } = options
  const issuerUrl = parseUrlOption(PACKAGE_NAME, options, 'issuer')
  if (!issuerUrl) requireText(PACKAGE_NAME, options, ['tokenUrl'])
  const given = givenUrls(options)
  const { href: id } = given.tokenUrl ?? issuerUrl ?? requireUrlOption(PACKAGE_NAME, options, 'tokenUrl')
  const metadata = once((context) => (issuerUrl ? discover(issuerUrl, context) : Promise.resolve(undefined)))

  return {
    id,
    async find(name, context) {
      return given[name] ?? discoveredUrl(await metadata(context), METADATA_NAMES[name], options)
    },
    async issuer(context) {
      if (issuer === undefined) return undefined
      if (given.tokenUrl && given.authorizationUrl) return { identifier: issuer, isPromised: false }
      const document = await metadata(context)
      const isPromised = document?.authorization_response_iss_parameter_supported === true
      return { identifier: document?.issuer ?? issuer, isPromised }
    },
    async audience(context) {
      if (given.tokenUrl) return issuer ?? given.tokenUrl.href
      return (await metadata(context))?.issuer ?? id
    },
    async wantsPush(context) {
      if (given.pushedAuthorizationRequestUrl) return true
      if (given.tokenUrl && given.authorizationUrl) return false
      return (await metadata(context))?.require_pushed_authorization_requests === true
    },
  }
}

function givenUrls(options: Options): { readonly [name in EndpointName]?: URL | undefined } {
  const url = (name: EndpointName) => parseUrlOption(PACKAGE_NAME, options, name)
  return {
    tokenUrl: url('tokenUrl'),
    authorizationUrl: url('authorizationUrl'),
    revocationUrl: url('revocationUrl'),
    deviceAuthorizationUrl: url('deviceAuthorizationUrl'),
    introspectionUrl: url('introspectionUrl'),
    pushedAuthorizationRequestUrl: url('pushedAuthorizationRequestUrl'),
  }
}

/** What others try to read meanwhile is the same, and whoever gives up leaves it to them; a failure is not kept. */
function once<T>(read: (context: RequestContext) => Promise<T>): (context: RequestContext) => Promise<T> {
  let reading: Promise<T> | undefined
  return ({ fetch, signal }) => {
    reading ??= read({ fetch, signal: AbortSignal.timeout(READ_LIMIT_MS) }).catch((error: unknown) => {
      reading = undefined
      throw error
    })
    return untilAborted(reading, signal)
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const left = new AbortController()
  const given = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(unsent('given up'))
    signal.addEventListener('abort', giveUp, { signal: left.signal })
    if (signal.aborted) giveUp()
  })
  return Promise.race([work, given]).finally(() => left.abort())
}

/** Whoever can write the document must not be able to move secrets to a plain connection (S4, S19). */
function discoveredUrl(metadata: ServerMetadata | undefined, member: string, options: Options): URL | undefined {
  const value = metadata?.[member]
  if (value === undefined || value === null) return undefined
  const url = parseHttpUrl(value)
  if (url && !url.username && !url.password && isSecureEnough(url, options)) return url
  throw unsent(`${member} of the discovery document is no https URL`, 'client_rejected')
}
