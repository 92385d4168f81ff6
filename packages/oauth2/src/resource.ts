import { invalidOption } from '@valetkey/core'
import { PACKAGE_NAME } from './package-name.ts'

/** The APIs that a token is for, each once, sorted. @throws CredentialError `invalid_option` */
export function resolveResources(resource: string | readonly string[] = []): readonly string[] {
  const resources: unknown = typeof resource === 'string' ? [resource] : resource
  if (Array.isArray(resources) && resources.every(isResource)) return [...new Set(resources)].sort()
  throw invalidOption(PACKAGE_NAME, 'resource', 'must be an absolute URI without a fragment, or an array of them')
}

/** RFC 8707 §2. */
function isResource(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && !value.includes('#')
}

/** As parameters of a request: one for each, under the same name. */
export function resourceParameters({ resources }: { readonly resources: readonly string[] }): [string, string][] {
  return resources.map((resource) => ['resource', resource])
}
