import { NO_STORE, type OAuthError, oauthError, oauthErrorResponse } from '../oauth-error.ts'
import { refuseClient } from '../registered-client.ts'
import { parseBody } from '../request-log.ts'
import { exchangeCode } from './exchange-code.ts'
import type { Family, Issued, Ledger } from './ledger.ts'
import type { BluesondeSettings } from './options.ts'
import { refresh } from './refresh.ts'

export interface TokenEndpoint {
  readonly settings: BluesondeSettings
  readonly ledger: Ledger
  readonly now: () => number
}

type Fields = Readonly<Record<string, string>>

/** `POST /oauth2/token`, after ory/fosite: the query is ignored. */
export async function answerTokenRequest(endpoint: TokenEndpoint, headers: Headers, body: string): Promise<Response> {
  const { encoding, fields } = parseBody(headers.get('content-type'), body)
  const refused =
    refuseBody(encoding, fields) ?? refuseClient(endpoint.settings.client, headers.get('authorization'), fields)
  const answer = refused ?? (await grant(endpoint, fields))
  if ('error' in answer) return oauthErrorResponse(answer)
  const { family, accessToken, refreshToken } = answer
  const tokens = {
    access_token: accessToken,
    expires_in: endpoint.settings.expiresIn,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    scope: family.scopes.join(' '),
    token_type: 'bearer',
  }
  return Response.json(tokens, { headers: NO_STORE })
}

function refuseBody(encoding: string, fields: Fields): OAuthError | undefined {
  if (encoding !== 'form' || Object.keys(fields).length === 0)
    return oauthError('invalid_request', 'The POST body can not be empty.')
  return fields.grant_type ? undefined : oauthError('invalid_request', 'Request parameter "grant_type" is missing.')
}

async function grant({ settings, ledger, now }: TokenEndpoint, fields: Fields): Promise<Issued | OAuthError> {
  switch (fields.grant_type) {
    case 'authorization_code':
      return firstTokens(ledger, exchangeCode(ledger, fields, now()))
    case 'refresh_token':
      return refresh(ledger, { text: fields.refresh_token ?? '', now, graceMs: settings.refreshGraceMs })
    default:
      return oauthError('unsupported_grant_type', 'The grant type is not supported.')
  }
}

/** A refresh token only for those who asked for `offline_access`. */
async function firstTokens(ledger: Ledger, family: Family | OAuthError): Promise<Issued | OAuthError> {
  if ('error' in family) return family
  const refreshToken = family.scopes.includes('offline_access') ? ledger.issueRefreshToken(family) : undefined
  return { family, accessToken: await ledger.issueAccessToken(family), refreshToken }
}
