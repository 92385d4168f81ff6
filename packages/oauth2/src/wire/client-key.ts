import type { GrantContext } from '@valetkey/core'
import { clockSkew, PrivateKeyJwt } from 'oauth4webapi'
import type { ClientKeyOption, RequestAuthentication, SigningKey } from './client-auth.ts'
import { signingKey } from './client-auth.ts'
import { unsent } from './refusal.ts'

/** RFC 7523 §2.2. The assertion is as good as a secret for as long as it lives, 60 s. */
export async function signAssertion(
  option: ClientKeyOption,
  clientId: string,
  audience: (context: GrantContext) => Promise<string>,
  context: GrantContext,
): Promise<RequestAuthentication> {
  const key = await readClientKey(option)
  const issuer = await audience(context)
  const client = { client_id: clientId, [clockSkew]: Math.floor(context.now() / 1000) - Math.floor(Date.now() / 1000) }
  const form = new URLSearchParams()
  try {
    await PrivateKeyJwt(key)({ issuer }, client, form, new Headers())
  } catch {
    throw unsent('"clientKey" could not sign')
  }
  return { headers: {}, parameters: Object.fromEntries(form), secrets: [form.get('client_assertion') ?? ''] }
}

/** Gets the key for one request. What its function throws is not passed on: the text may hold the key. @throws GrantError */
async function readClientKey(option: ClientKeyOption): Promise<SigningKey> {
  const key = signingKey(await read(option).catch(() => undefined))
  if (key) return key
  throw unsent('"clientKey" could not be read')
}

async function read(option: ClientKeyOption): Promise<unknown> {
  return typeof option === 'function' ? option() : option
}
