import { formDecode, readBasic } from '../authorization.ts'
import { type IssuedTokens, lifetimeClaims } from '../issued-tokens.ts'
import { parseBody } from '../request-log.ts'
import type { M2mSettings } from './options.ts'

/** `POST /oauth/v2/token`: Basic with the client's id and secret, a form with only the grant type. */
export async function answerTokenRequest(
  settings: M2mSettings,
  tokens: Pick<IssuedTokens, 'issue'>,
  request: { readonly headers: Headers; readonly body: string; readonly now: number },
): Promise<Response> {
  const { headers, body, now } = request
  if (!isClient(settings, headers.get('authorization'))) return unauthorized(settings)
  const { encoding, fields } = parseBody(headers.get('content-type'), body)
  const hasCredentials = 'client_id' in fields || 'client_secret' in fields
  if (encoding !== 'form' || (hasCredentials && settings.refusesBodyCredentials)) return badRequest('invalid_request')
  if (fields.grant_type !== 'client_credentials') return badRequest('unsupported_grant_type')
  const { clientId, expiresIn } = settings
  return Response.json({
    token_type: 'Bearer',
    expires_in: expiresIn,
    access_token: await tokens.issue({ sub: clientId, jti: crypto.randomUUID(), ...lifetimeClaims(now, expiresIn) }),
  })
}

function isClient({ clientId, clientSecret, basicEncoding }: M2mSettings, authorization: string | null): boolean {
  const basic = readBasic(authorization)
  const decode = basicEncoding === 'plain' ? (text: string) => text : formDecode
  return basic !== undefined && decode(basic.user) === clientId && decode(basic.password) === clientSecret
}

function unauthorized({ unauthorizedBody }: M2mSettings): Response {
  const init = { status: 401, headers: { 'www-authenticate': 'Basic realm="api"' } }
  if (unauthorizedBody === 'empty') return new Response(null, init)
  if (unauthorizedBody === 'text') return new Response('Unauthorized', init)
  return Response.json({ error: 'invalid_client' }, init)
}

function badRequest(error: string): Response {
  return Response.json({ error }, { status: 400 })
}
