import type { IssuedTokens } from '../issued-tokens.ts'
import { lifetimeClaims } from '../issued-tokens.ts'
import { type ParsedBody, parseBody } from '../request-log.ts'
import { failure, invalidFields, missing, success } from './envelope.ts'
import type { FlumeSettings } from './options.ts'

export interface FlumeTokenEndpoint {
  answer(request: { contentType: string | null; body: string; envelope: string | undefined }): Promise<Response>
  revokeRefreshTokens(): void
}

type Fields = ParsedBody['fields']

const NAMES = {
  password: ['client_id', 'client_secret', 'username', 'password'],
  refresh_token: ['client_id', 'client_secret', 'refresh_token'],
} as const

/** `POST /oauth/token`: flumetech.readme.io/reference/get-tokens and refresh-access-token. */
export function createTokenEndpoint(
  settings: FlumeSettings,
  accessTokens: IssuedTokens,
  now: () => number,
): FlumeTokenEndpoint {
  const refreshTokens = new Set<string>()

  const grant = async (envelope: string | undefined, previous?: string): Promise<Response> => {
    const tokens = {
      token_type: 'bearer',
      access_token: await accessTokens.issue(accessClaims(settings, now())),
      expires_in: settings.expiresIn,
      ...(previous === undefined || settings.rotates ? { refresh_token: rotate(refreshTokens, previous) } : {}),
    }
    return envelope === 'false' ? Response.json(tokens) : success([tokens])
  }

  return {
    revokeRefreshTokens: () => refreshTokens.clear(),
    async answer({ contentType, body, envelope }) {
      const parsed = parseBody(contentType, body)
      const fields: Fields = parsed.encoding === 'form' && !settings.acceptsForm ? {} : parsed.fields
      const refused = refuseFields(fields) ?? refuseClient(settings, fields)
      if (refused) return refused
      if (fields.grant_type === 'password') return refuseUser(settings, fields) ?? grant(envelope)
      const previous = fields.refresh_token ?? ''
      return refreshTokens.has(previous) ? grant(envelope, previous) : refusedRefreshToken(settings)
    },
  }
}

function accessClaims({ userId, expiresIn }: FlumeSettings, nowMs: number) {
  return {
    user_id: userId,
    type: 'USER',
    scope: ['read:personal', 'update:personal', 'query:personal'],
    ...lifetimeClaims(nowMs, expiresIn),
    iss: 'flume_oauth',
    sub: '',
  }
}

function rotate(refreshTokens: Set<string>, previous: string | undefined): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20))
  const token = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (previous !== undefined) refreshTokens.delete(previous)
  refreshTokens.add(token)
  return token
}

function refuseFields(fields: Fields): Response | undefined {
  const grantType = fields.grant_type
  if (grantType === undefined) return invalidFields([missing('grant_type')])
  if (grantType !== 'password' && grantType !== 'refresh_token') {
    return invalidFields([{ field: 'grant_type', message: '"grant_type" must be one of [password, refresh_token]' }])
  }
  const problems = NAMES[grantType].filter((name) => !fields[name]).map(missing)
  return problems.length > 0 ? invalidFields(problems) : undefined
}

function refuseClient({ clientId, clientSecret }: FlumeSettings, fields: Fields): Response | undefined {
  if (fields.client_id === clientId && fields.client_secret === clientSecret) return undefined
  return failure({ status: 400, message: 'invalid_client', detailed: ['Client credentials are invalid'] })
}

function refuseUser(settings: FlumeSettings, fields: Fields): Response | undefined {
  const signsIn = (user: { username: string; password: string }) =>
    user.username === fields.username && user.password === fields.password
  if (settings.otherUsers.some(signsIn)) {
    return failure({ status: 400, message: 'invalid_grant', detailed: ['Client may not authenticate this user'] })
  }
  if (!signsIn(settings)) {
    return failure({ status: 400, message: 'invalid_grant', detailed: ['User credentials are invalid'] })
  }
  return settings.verified ? undefined : unverifiedUser(settings)
}

function unverifiedUser({ username }: FlumeSettings): Response {
  const person = {
    verified: false,
    email_address: username,
    phone: '+15550100',
    first_name: 'Robin',
    last_name: 'Example',
  }
  return failure({ status: 403, message: 'unverified_user', data: [person] })
}

function refusedRefreshToken({ refusedRefreshMessage }: FlumeSettings): Response {
  return failure({ status: 400, message: refusedRefreshMessage, detailed: ['Refresh token is invalid'] })
}
