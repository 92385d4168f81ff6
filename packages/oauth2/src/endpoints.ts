import { unsent } from './failures.ts'
import { PACKAGE_NAME } from './package-name.ts'
import type { RequestContext } from './send.ts'
import { parseUrlOption, requireUrlOption } from './url-option.ts'

/** Where the authorization server is: by hand, or by its issuer's discovery document; what is given by hand counts. */
export interface EndpointOptions {
  /** The server's name, an https URL. Endpoints that are not given are looked up in its discovery document (RFC 8414, OpenID). */
  readonly issuer?: string | undefined
  /** Required without `issuer`. https; http on a loopback host with `allowInsecureRequests`. The same for the other URLs. */
  readonly tokenUrl?: string | undefined
  readonly authorizationUrl?: string | undefined
  readonly revocationUrl?: string | undefined
  readonly deviceAuthorizationUrl?: string | undefined
  readonly introspectionUrl?: string | undefined
  /** Where authorization requests go before the user does (RFC 9126); when it is given, or the issuer requires it. */
  readonly pushedAuthorizationRequestUrl?: string | undefined
}

export type EndpointName = Exclude<keyof EndpointOptions, 'issuer'>

/** An authorization server's endpoints. */
export interface Endpoints {
  /** Tells this server from others in a store key. */
  readonly id: string
  /** Undefined: the server has no such endpoint. @throws GrantError */
  find(name: EndpointName, context: RequestContext): Promise<URL | undefined>
  /** Undefined: nobody has said who the issuer is. @throws GrantError */
  issuer(context: RequestContext): Promise<Issuer | undefined>
}

export interface Issuer {
  /** As the server itself writes it. */
  readonly identifier: string
  /** Whether its authorization responses always name it (RFC 9207 §3). */
  readonly isPromised: boolean
}

/** @throws GrantError `client_rejected` when the server has no such endpoint */
export async function requireEndpoint(endpoints: Endpoints, name: EndpointName, context: RequestContext): Promise<URL> {
  const url = await endpoints.find(name, context)
  if (url) return url
  throw unsent(`"${name}" is not given, and no issuer names one`, 'client_rejected')
}

/** Of a server whose endpoints are known, and which has no other ones. @throws CredentialError `invalid_option`, `insecure_url` */
export function fixedEndpoints(
  options: Pick<EndpointOptions, 'tokenUrl' | 'authorizationUrl'> & {
    readonly allowInsecureRequests?: boolean | undefined
  },
): Endpoints {
  const tokenUrl = requireUrlOption(PACKAGE_NAME, options, 'tokenUrl')
  const authorizationUrl = parseUrlOption(PACKAGE_NAME, options, 'authorizationUrl')
  const urls: { readonly [name in EndpointName]?: URL | undefined } = { tokenUrl, authorizationUrl }
  return { id: tokenUrl.href, find: async (name) => urls[name], issuer: async () => undefined }
}
