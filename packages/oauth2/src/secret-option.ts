import type { Secret } from '@valetkey/core'
import { GrantError, readSecret } from '@valetkey/core'

/** Reads a secret for one request. What its function throws is not passed on: the text may hold the secret. */
export async function readSecretOption(option: string, secret: Secret): Promise<string> {
  const text: unknown = await readSecret(secret).catch(() => undefined)
  if (typeof text === 'string' && text !== '') return text
  throw new GrantError({ kind: 'unavailable', sent: false, description: `"${option}" could not be read` })
}
