import { type IssuedTokens, lifetimeClaims } from '../issued-tokens.ts'
import { parseBody } from '../request-log.ts'
import type { FlowluSettings } from './options.ts'

type Fields = Readonly<Record<string, string>>

interface TokenError {
  readonly error: string
  readonly description: string
}

const REQUIRED = ['username', 'password', 'client_id']

/** The password grant of https://www.flowlu.com/api/auth/: a form in, a token and nothing about its life out. */
export async function answerTokenRequest(
  settings: FlowluSettings,
  tokens: Pick<IssuedTokens, 'issue'>,
  request: { readonly headers: Headers; readonly body: string; readonly now: number },
): Promise<Response> {
  const { encoding, fields } = parseBody(request.headers.get('content-type'), request.body)
  const refused = encoding === 'form' ? refuse(settings, fields) : INVALID_REQUEST
  if (refused) {
    // So it is spelt on Flowlu's page.
    const body = { error: refused.error, error_descrption: refused.description }
    return Response.json(body, { status: settings.tokenErrorStatus })
  }
  const claims = lifetimeClaims(request.now, settings.expiresIn)
  return Response.json({ access_token: await tokens.issue(claims), token_type: 'bearer' })
}

const INVALID_REQUEST: TokenError = { error: 'invalid_request', description: 'Ошибка в запросе' }
const NO_TLS: TokenError = { error: 'invalid_request_ssl', description: 'Небезопасный запрос (требуется SSL)' }
const WRONG_PASSWORD: TokenError = { error: 'invalid_grant', description: 'Неверные имя пользователя или пароль' }

function refuse(settings: FlowluSettings, fields: Fields): TokenError | undefined {
  if (!settings.overTls) return NO_TLS
  if (fields.grant_type !== 'password' || REQUIRED.some((name) => !fields[name])) return INVALID_REQUEST
  const isUser = (user: { username: string; password: string }) =>
    user.username === fields.username && user.password === fields.password
  if (settings.otherUsers.some(isUser)) {
    return { error: settings.notAdministratorError, description: 'Доступ по OAuth2 только для администраторов' }
  }
  return settings.administrator && isUser(settings.administrator) ? undefined : WRONG_PASSWORD
}

/** As on Flowlu's page: `591ec32096b934-94823072`. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(7))
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  return `${hex}-${String(number % 100_000_000).padStart(8, '0')}`
}
