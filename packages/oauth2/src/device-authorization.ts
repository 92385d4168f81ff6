import type { GrantContext } from '@valetkey/core'
import { unusable } from './failures.ts'
import { readLifetime } from './read-token-set.ts'
import { resourceParameters } from './resource.ts'
import { requestServer } from './server-request.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { scopeParameter } from './token-endpoint.ts'
import { isSecureEnough, parseHttpUrl } from './url-option.ts'

/** RFC 8628 §3.2: what counts when the vendor names no interval. */
const DEFAULT_INTERVAL_MS = 5_000

/** What the vendor answers to a device that wants to be signed in. */
export interface DeviceAuthorization {
  /** A secret of this program and the vendor; nothing that a person sees. */
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete?: string
  readonly lifetimeMs: number
  readonly intervalMs: number
}

/** RFC 8628 §3.1. @throws GrantError */
export async function requestDeviceCode(
  endpoint: TokenEndpoint,
  permitted: { readonly allowInsecureRequests?: boolean | undefined },
  context: GrantContext,
): Promise<DeviceAuthorization> {
  const named = { ...scopeParameter(endpoint), client_id: endpoint.clientId }
  const parameters = [...Object.entries(named), ...resourceParameters(endpoint)]
  const body = await requestServer(endpoint, { to: 'deviceAuthorizationUrl', parameters, secrets: [] }, context)
  const complete = body.verification_uri_complete
  return {
    deviceCode: readText(body.device_code, 'device_code'),
    userCode: readText(body.user_code, 'user_code'),
    // Google's name for it.
    verificationUri: readPage(body.verification_uri ?? body.verification_url, permitted),
    ...(complete !== undefined && complete !== null && { verificationUriComplete: readPage(complete, permitted) }),
    lifetimeMs: readSeconds(body.expires_in) ?? nonsense('expires_in'),
    intervalMs: readSeconds(body.interval) ?? DEFAULT_INTERVAL_MS,
  }
}

function readText(value: unknown, name: string): string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,1024}$/.test(value) ? value : nonsense(name)
}

/** A person signs in there, and a program may open it: no other scheme, no plain http. */
function readPage(value: unknown, permitted: { readonly allowInsecureRequests?: boolean | undefined }): string {
  const url = parseHttpUrl(value)
  return url && isSecureEnough(url, permitted) ? url.href : nonsense('verification_uri')
}

function readSeconds(value: unknown): number | undefined {
  const seconds = readLifetime(value)
  return seconds ? seconds * 1000 : undefined
}

function nonsense(name: string): never {
  throw unusable(`the answer holds no usable ${name}`)
}
