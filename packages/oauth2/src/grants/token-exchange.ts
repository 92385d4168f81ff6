import type { TokenCredential, TokenGrant } from '@valetkey/core'
import type { Factory, OptionNames, Secret } from '@valetkey/core/kit'
import { createFactory, invalidOption, requireSecret } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import {
  createGrantCredential,
  identityOf,
  refreshingGrant,
  resolveTokenEndpoint,
  scopeParameter,
} from '../endpoint.ts'
import type { ClientlessOptions, StandardAnswer, TokenEndpointAnswer } from '../options.ts'
import { OAUTH_OPTIONS } from '../options.ts'
import type { Resources, Target } from '../resources.ts'
import { withResources } from '../resources.ts'
import { asRecord } from '../wire/answer.ts'
import { readSecretOption } from '../wire/client-auth.ts'
import { requestTokens } from '../wire/request.ts'
import { boundGrant, canonicalJson, requireAccount } from './subject.ts'

export interface TokenExchangeOptions extends ClientlessOptions {
  /**
   * The token to exchange. A function is asked for each token request; with a `store` it needs an `account`, which says whose
   * tokens they are.
   */
  readonly subjectToken: Secret
  /** A URI of RFC 8693 §3, or the vendor's. @default 'urn:ietf:params:oauth:token-type:access_token' */
  readonly subjectTokenType?: string | undefined
  /** The token of who acts for the subject. A function as `subjectToken`. */
  readonly actorToken?: Secret | undefined
  /** @default 'urn:ietf:params:oauth:token-type:access_token' */
  readonly actorTokenType?: string | undefined
  /** The type to ask for. Every type except an access token may come with `token_type: "N_A"`: `place` defines how the API takes it. @default none named */
  readonly requestedTokenType?: string | undefined
  /** Where the token is to be used, by the vendor's names; `resource` takes URIs. */
  readonly audience?: string | readonly string[] | undefined
}

const TOKEN_EXCHANGE_OPTIONS: OptionNames<TokenExchangeOptions> = {
  ...OAUTH_OPTIONS,
  subjectToken: true,
  subjectTokenType: true,
  actorToken: true,
  actorTokenType: true,
  requestedTokenType: true,
  audience: true,
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/**
 * Tokens in exchange for another token (RFC 8693): on behalf of a user, or of a workload whose platform vouches for it. Renewed
 * by refresh token where the vendor gives one, else by another exchange. The answer's `issued_token_type` is in `extra` for `place`.
 * Without `clientId` no client is named or authenticated.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const tokenExchange: Factory<TokenExchangeOptions, TokenCredential & Resources> = /* @__PURE__ */ createFactory(
  '@valetkey/oauth2',
  TOKEN_EXCHANGE_OPTIONS,
  createTokenExchange,
)

function createTokenExchange(own: TokenExchangeOptions): TokenCredential & Resources {
  const endpoint = resolveTokenEndpoint(own, true)
  const { dialect } = endpoint
  const exchange = resolveExchange(own)
  const normalize = (answer: TokenEndpointAnswer) => judgeType(dialect.normalize(answer), exchange.requested_token_type)
  const identity = identityOf(endpoint, { name: 'token_exchange', grantType: GRANT_TYPE }, canonicalJson(exchange))
  const grantOf = (of: TokenEndpoint, target?: Target) => {
    const asked = target?.name === 'audience' ? { ...exchange, audience: [target.value] } : exchange
    return tokenExchangeGrant({ ...of, dialect: { ...dialect, normalize } }, asked, own)
  }
  return withResources(createGrantCredential(own, endpoint, identity, grantOf(endpoint)), endpoint, grantOf)
}

/** The request without its secrets, by names on the wire. */
interface Exchange {
  readonly subject_token_type: string
  readonly actor_token_type?: string
  readonly requested_token_type?: string
  readonly audience: readonly string[]
}

/** @throws CredentialError `invalid_option` */
function resolveExchange(options: TokenExchangeOptions): Exchange {
  const {
    vendor,
    subjectToken,
    subjectTokenType = ACCESS_TOKEN,
    actorToken,
    actorTokenType,
    requestedTokenType,
  } = options
  requireSecret(vendor, options, ['subjectToken'])
  requireAccount(vendor, options, 'subjectToken', subjectToken)
  if (actorToken !== undefined) {
    requireSecret(vendor, options, ['actorToken'])
    requireAccount(vendor, options, 'actorToken', actorToken)
  } else if (actorTokenType !== undefined)
    throw invalidOption(vendor, 'actorToken', 'is required with "actorTokenType"')
  const types = { subjectTokenType, actorTokenType, requestedTokenType }
  for (const [name, type] of Object.entries(types)) {
    if (type !== undefined && !isUri(type)) throw invalidOption(vendor, name, `must be a URI such as '${ACCESS_TOKEN}'`)
  }
  return {
    subject_token_type: subjectTokenType,
    ...(actorToken !== undefined && { actor_token_type: actorTokenType ?? ACCESS_TOKEN }),
    ...(requestedTokenType !== undefined && { requested_token_type: requestedTokenType }),
    audience: resolveAudience(vendor, options.audience),
  }
}

function isUri(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Each once, sorted. @throws CredentialError `invalid_option` */
function resolveAudience(vendor: string, audience: string | readonly string[] = []): readonly string[] {
  const audiences: unknown = typeof audience === 'string' ? [audience] : audience
  if (Array.isArray(audiences) && audiences.every(isName)) return [...new Set(audiences)].sort()
  throw invalidOption(vendor, 'audience', 'must be a non-empty string, or an array of them')
}

/** RFC 8693 §2.2.1: `N_A` is the type of a token that is not an access token. It is accepted only if the program asked for it. */
function judgeType(answer: StandardAnswer | TokenEndpointAnswer, requested = ACCESS_TOKEN): StandardAnswer {
  const { status } = answer
  const body = asRecord(answer.body)
  const isUsable = typeof body.token_type !== 'string' || body.token_type.toUpperCase() !== 'N_A'
  if (isUsable) return { status, body }
  if (requested !== ACCESS_TOKEN) return { status, body: { ...body, token_type: undefined } }
  const problem =
    'the issued token is not an access token (N_A): name its type as "requestedTokenType" if the API takes it'
  return { status, body: { ...body, error: 'invalid_request', error_description: problem } }
}

function tokenExchangeGrant(
  endpoint: TokenEndpoint,
  exchange: Exchange,
  { subjectToken, actorToken }: TokenExchangeOptions,
): TokenGrant {
  const readSubject = () => readSecretOption('subjectToken', subjectToken)
  const readActor = actorToken === undefined ? undefined : () => readSecretOption('actorToken', actorToken)
  const grant: TokenGrant = {
    ...refreshingGrant(endpoint),
    async acquire(context) {
      const [subject, actor] = await Promise.all([readSubject(), readActor?.()])
      const tokens = { subject_token: subject, ...(actor !== undefined && { actor_token: actor }) }
      // One that is not named is left to `tokenParameters`.
      const { audience, ...types } = exchange
      const named = audience.length > 0 ? { audience } : {}
      const parameters = { ...types, ...named, ...tokens, ...scopeParameter(endpoint) }
      return requestTokens(endpoint, { grantType: GRANT_TYPE, parameters, secrets: Object.values(tokens) }, context)
    },
  }
  const texts = [typeof subjectToken !== 'function' && readSubject, typeof actorToken !== 'function' && readActor]
  return boundGrant(
    endpoint,
    grant,
    texts.filter((each) => each !== false && each !== undefined),
  )
}
