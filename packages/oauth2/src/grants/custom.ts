import type { TokenCredential, TokenGrant } from '@valetkey/core'
import type { Factory, OptionNames } from '@valetkey/core/kit'
import { createFactory, invalidOption, ownMembers, requireText } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import {
  baseGrant,
  createGrantCredential,
  identityOf,
  refreshingGrant,
  resolveTokenEndpoint,
  scopeParameter,
} from '../endpoint.ts'
import type { ClientlessOptions } from '../options.ts'
import { choose, OAUTH_OPTIONS } from '../options.ts'
import type { Resources, Target } from '../resources.ts'
import { withResources } from '../resources.ts'
import { asRecord } from '../wire/answer.ts'
import { unsent } from '../wire/refusal.ts'
import { requestTokens } from '../wire/request.ts'
import { boundGrant, canonicalJson, requireAccount } from './subject.ts'

export interface CustomGrantOptions extends Omit<ClientlessOptions, 'parameters'> {
  /** `grant_type` of the token request, as the vendor documents it. */
  readonly grantType: string
  /**
   * Parameters of the token request in addition to `grant_type`, client and scopes. A function is called for each token request;
   * with a `store` it needs an `account`, which states whose tokens they are. @default none
   */
  readonly parameters?: CustomParameters | (() => CustomParameters | Promise<CustomParameters>) | undefined
  /**
   * The secret ones among them by name: masked in errors, and tokens are stored for them. All others are part of the store key. @default none
   * @example { ticket: () => readFromVault('ticket') }
   */
  readonly secrets?: readonly string[] | undefined
  /** As `parameters` of the other grants. @default 'body' */
  readonly parametersIn?: 'body' | 'query' | undefined
  /** Whether a refresh token in the answer is used. @default true */
  readonly refresh?: boolean | undefined
}

/** By their names on the wire. */
export type CustomParameters = Readonly<Record<string, string>>

const CUSTOM_GRANT_OPTIONS: OptionNames<CustomGrantOptions> = {
  ...OAUTH_OPTIONS,
  grantType: true,
  secrets: true,
  parametersIn: true,
  refresh: true,
}

/**
 * Tokens by a grant type that only this vendor has, renewed by refresh token (RFC 6749 §6) where the vendor gives one, else
 * by another request of this grant type. Without `clientId` no client is named or authenticated.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const customGrant: Factory<CustomGrantOptions, TokenCredential & Resources> = /* @__PURE__ */ createFactory(
  '@valetkey/oauth2',
  CUSTOM_GRANT_OPTIONS,
  createCustom,
)

function createCustom(own: CustomGrantOptions): TokenCredential & Resources {
  const { vendor, grantType, parameters = {}, secrets = [], parametersIn = 'body', refresh = true } = own
  const place = parametersIn === 'query' ? 'query' : 'body'
  const endpoint = resolveTokenEndpoint(ownMembers({ ...own, parameters: place }), true)
  choose(vendor, 'parametersIn', parametersIn, ['body', 'query'])
  requireText(vendor, own, ['grantType'])
  if (grantType === 'refresh_token')
    throw invalidOption(vendor, 'grantType', 'must be the grant type of the first token request')
  if (typeof refresh !== 'boolean') throw invalidOption(vendor, 'refresh', 'must be true or false', refresh)
  const request = { grantType, parameters: resolveParameters(own, parameters, secrets), secrets }
  const told = typeof request.parameters === 'function' ? null : omit(request.parameters, secrets)
  const identity = identityOf(endpoint, { name: 'custom', grantType }, canonicalJson([grantType, told]))
  const grantOf = (of: TokenEndpoint, target?: Target) => customTokenGrant(of, request, refresh, target)
  return withResources(createGrantCredential(own, endpoint, identity, grantOf(endpoint)), endpoint, grantOf)
}

interface CustomRequest {
  readonly grantType: string
  readonly parameters: CustomParameters | (() => CustomParameters | Promise<CustomParameters>)
  readonly secrets: readonly string[]
}

/** @throws CredentialError `invalid_option` */
function resolveParameters(
  options: CustomGrantOptions,
  parameters: CustomRequest['parameters'],
  secrets: readonly string[],
): CustomRequest['parameters'] {
  const { vendor } = options
  if (!Array.isArray(secrets) || !secrets.every((name) => typeof name === 'string')) {
    throw invalidOption(vendor, 'secrets', 'must be an array of names of "parameters"')
  }
  if (typeof parameters === 'function' || secrets.length > 0) requireAccount(vendor, options, 'parameters', parameters)
  if (typeof parameters === 'function') return parameters
  const own = textsOf(parameters)
  if (!own) throw invalidOption(vendor, 'parameters', 'must be an object of strings, without "grant_type"')
  const unknown = secrets.find((name) => !(name in own))
  if (unknown !== undefined) throw invalidOption(vendor, 'secrets', `names "${unknown}", which is not in "parameters"`)
  return own
}

/** Undefined: no object of texts. */
function textsOf(value: unknown): CustomParameters | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const own = asRecord(value)
  const isUsable = Object.values(own).every((each) => typeof each === 'string') && !('grant_type' in own)
  return isUsable ? (own as CustomParameters) : undefined
}

function omit(parameters: CustomParameters, names: readonly string[]): CustomParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.includes(name)))
}

function customTokenGrant(
  endpoint: TokenEndpoint,
  { grantType, parameters, secrets }: CustomRequest,
  refresh: boolean,
  target: Target | undefined,
): TokenGrant {
  const base = refresh ? refreshingGrant(endpoint) : baseGrant(endpoint)
  const secretsOf = (from: CustomParameters) => secrets.flatMap((name) => from[name] ?? [])
  const grant: TokenGrant = {
    ...base,
    async acquire(context) {
      const own = typeof parameters === 'function' ? await askParameters(parameters) : parameters
      const further = omit(own, target === undefined ? [] : [target.name])
      const request = { grantType, parameters: { ...scopeParameter(endpoint), ...further }, secrets: secretsOf(own) }
      const tokens = await requestTokens(endpoint, request, context)
      return refresh ? tokens : { ...tokens, refreshToken: undefined, refreshExpiresIn: undefined }
    },
  }
  const isBound = typeof parameters !== 'function' && secrets.length > 0
  return boundGrant(endpoint, grant, isBound ? [async () => JSON.stringify(secretsOf(parameters))] : [])
}

/** What the function throws is not passed on: the text may hold a secret. @throws GrantError */
async function askParameters(ask: () => CustomParameters | Promise<CustomParameters>): Promise<CustomParameters> {
  const asked = async () => textsOf(await ask())
  const own = await asked().catch(() => undefined)
  if (own) return own
  throw unsent('"parameters" gave no object of texts')
}
