import { CredentialError, invalidOption, requireText, vendorOf } from '@valetkey/core'

/**
 * The URL in option `name`; undefined when the option is absent. Vendor packages check their overrides with it.
 *
 * @throws CredentialError `invalid_option`: no absolute URL, or one with a user name or password.
 * @throws CredentialError `insecure_url`: not https; http is for loopback hosts, and only with `allowInsecureRequests`.
 */
export function parseUrlOption<Name extends string>(
  packageName: string,
  options: { readonly [name in Name]?: unknown } & { readonly allowInsecureRequests?: boolean | undefined },
  name: Name,
): URL | undefined {
  const value: unknown = options[name]
  if (value === undefined) return undefined
  const url = parseHttpUrl(value)
  if (!url) throw invalidOption(packageName, name, 'must be an absolute https URL')
  if (url.username || url.password) throw invalidOption(packageName, name, 'must not hold a user name or password')
  if (isSecureEnough(url, options)) return url
  const problem = 'must be https; http is for loopback hosts only, with "allowInsecureRequests"'
  const vendor = vendorOf(packageName)
  throw new CredentialError('insecure_url', `[${packageName}] "${name}" ${problem}`, { vendor })
}

/** `parseUrlOption` for an option that has to be there. @throws CredentialError `invalid_option`, `insecure_url` */
export function requireUrlOption<Name extends string>(
  packageName: string,
  options: { readonly [name in Name]?: unknown } & { readonly allowInsecureRequests?: boolean | undefined },
  name: Name,
): URL {
  requireText(packageName, options, [name])
  const url = parseUrlOption(packageName, options, name)
  if (url) return url
  throw invalidOption(packageName, name, 'is required')
}

export function parseHttpUrl(value: unknown): URL | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  return url && /^https?:$/.test(url.protocol) ? url : undefined
}

/** https, or http on a loopback host where that is permitted. */
export function isSecureEnough(url: URL, options: { readonly allowInsecureRequests?: boolean | undefined }): boolean {
  return url.protocol === 'https:' || (options.allowInsecureRequests === true && isLoopback(url.hostname))
}

/** `hostname` as the URL parser prints it: IPv4 in four decimal parts, IPv6 in brackets. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
