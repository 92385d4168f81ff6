import {
  type ApiKeyCredential,
  type ApiKeyOptions,
  type CredentialOptions,
  createApiKeyCredential,
  createTokenCredential,
  type GrantContext,
  GrantError,
  type TokenCredential,
  type TokenCredentialDefinition,
  type TokenSet,
} from '@valetkey/core'
import {
  assertKnownOptions,
  CREDENTIAL_OPTIONS,
  knownOptions,
  type OptionNames,
  parseOrigin,
  pickOptions,
  readSecret,
  requireSecret,
  requireText,
  type Secret,
} from '@valetkey/core/kit'

const VENDOR = 'acme'
const API = 'https://api.acme.example'
const TOKEN_URL = 'https://login.acme.example/token'

export interface AcmeOptions extends CredentialOptions {
  readonly clientId: string
  readonly clientSecret: Secret
  readonly baseUrl?: string | undefined
  readonly tokenUrl?: string | undefined
}

const OPTIONS: OptionNames<AcmeOptions> = {
  ...CREDENTIAL_OPTIONS,
  clientId: true,
  clientSecret: true,
  baseUrl: true,
  tokenUrl: true,
}

/** The parts of a vendor's package that can be made wrongly. */
export interface AcmeParts {
  /** The options that count. */
  own(options: AcmeOptions): AcmeOptions
  check(options: AcmeOptions): void
  origins(options: AcmeOptions): readonly string[]
  identity(options: AcmeOptions): readonly string[]
  secret(options: AcmeOptions): Promise<string>
  readonly secrets?: ((options: AcmeOptions) => Promise<string>) | undefined
  request(options: AcmeOptions, secret: string): { readonly url: string; readonly init: RequestInit }
  send(options: AcmeOptions, context: GrantContext): typeof fetch
  read(answer: Response): Promise<TokenSet>
  readonly place?: TokenCredentialDefinition['place']
  readonly carries?: TokenCredentialDefinition['carries']
  readonly refuses?: TokenCredentialDefinition['refuses']
  finish(credential: TokenCredential, options: AcmeOptions): TokenCredential
}

/** As a vendor's package should be, without `@valetkey/oauth2`. */
export const GOOD: AcmeParts = {
  own: (options) => ({ ...options }),
  check(options) {
    requireText(VENDOR, options, ['clientId'])
    requireSecret(VENDOR, options, ['clientSecret'])
    originOption(options, 'tokenUrl')
  },
  origins: (options) => [originOption(options, 'baseUrl') ?? API],
  identity: ({ clientId, tokenUrl = TOKEN_URL }) => [tokenUrl, clientId],
  secret: ({ clientSecret }) => readSecret(clientSecret),
  secrets: ({ clientSecret }) => readSecret(clientSecret),
  request: ({ clientId, tokenUrl = TOKEN_URL }, secret) => ({
    url: tokenUrl,
    init: {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ client_id: clientId, client_secret: secret }),
    },
  }),
  send: (_, { fetch }) => fetch,
  async read(answer) {
    const body = await jsonOf(answer)
    if (answer.ok && typeof body.access_token === 'string') return { accessToken: body.access_token, expiresIn: 60 }
    const kind = answer.status === 400 ? 'client_rejected' : 'token_unavailable'
    throw new GrantError({ kind, sent: true, status: answer.status })
  },
  finish: (credential) => credential,
}

export function acme(parts: AcmeParts): (options: AcmeOptions) => TokenCredential {
  return (given) => {
    const options = parts.own(given)
    parts.check(options)
    const { place, carries, refuses, secrets } = parts
    const acquire = async (context: GrantContext) => {
      const { url, init } = parts.request(options, await parts.secret(options))
      return parts.read(await parts.send(options, context)(url, init))
    }
    const definition = { vendor: 'acme', origins: parts.origins(options), identity: parts.identity(options) }
    const grant = { acquire, ...(secrets && { secrets: () => secrets(options) }) }
    assertKnownOptions(VENDOR, options, OPTIONS)
    const common = pickOptions(options, CREDENTIAL_OPTIONS)
    const credential = createTokenCredential({ ...definition, place, carries, refuses, grant }, common)
    return parts.finish(credential, options)
  }
}

export type AcmeKeyOptions = Pick<ApiKeyOptions, 'account' | 'apiKey' | 'allowInsecureRequests'> & {
  readonly baseUrl?: string | undefined
}

export function acmeKey(options: AcmeKeyOptions): ApiKeyCredential {
  const names = { account: true, apiKey: true, allowInsecureRequests: true } as const
  const own = knownOptions(VENDOR, options, { ...names, baseUrl: true })
  requireSecret(VENDOR, own, ['apiKey'])
  const origins = [originOption(own, 'baseUrl') ?? API]
  return createApiKeyCredential({ ...pickOptions(own, names), vendor: 'acme', origins })
}

type UrlOptions = Pick<AcmeOptions, 'allowInsecureRequests' | 'baseUrl' | 'tokenUrl'>

function originOption(options: UrlOptions, option: 'baseUrl' | 'tokenUrl'): string | undefined {
  const { allowInsecureRequests, [option]: url } = options
  return url === undefined ? undefined : parseOrigin(VENDOR, url, { option, allowInsecureRequests })
}

async function jsonOf(answer: Response): Promise<{ readonly access_token?: unknown }> {
  const body: unknown = await answer.json().catch(() => undefined)
  return typeof body === 'object' && body !== null ? body : {}
}
