import type { ApiKeyCredential, CredentialOptions, TokenCredential } from '@valetkey/core'
import { createApiKeyCredential } from '@valetkey/core'
import type { OptionNames, PlacedTokens } from '@valetkey/core/kit'
import {
  CREDENTIAL_OPTIONS,
  invalidOption,
  knownOptions,
  pickOptions,
  requireSecret,
  requireText,
} from '@valetkey/core/kit'
import type { ApiDialect, Secret, TokenEndpointDialect } from '@valetkey/oauth2'
import { parseUrlOption, password, requireUrlOption } from '@valetkey/oauth2'
import { normalize, refuses } from './refusals.ts'

const VENDOR = 'flowlu'

interface CompanyOptions {
  /** The first part of your account's address: `'acme'` for https://acme.flowlu.com. */
  readonly company: string
  /** For tests and proxies: the only host that key or token is sent to. @default 'https://{company}.flowlu.com' */
  readonly baseUrl?: string | undefined
}

/** A key has no tokens, so the options of their store, clock and refresh are none of its. */
export interface FlowluApiKeyOptions
  extends CompanyOptions,
    Pick<CredentialOptions, 'account' | 'allowInsecureRequests'> {
  /** From "API" in the account's settings, or where to read it: when it is first needed and after each refusal. */
  readonly apiKey: Secret
}

export interface FlowluPasswordOptions extends CompanyOptions, CredentialOptions {
  /** The token endpoint. Flowlu does not publish it; it is not on the company's host. */
  readonly tokenUrl: string
  /** A name of your own for the program, e.g. `'android_app_v1'`. */
  readonly clientId: string
  /** An administrator: Flowlu gives tokens to no other user. */
  readonly username: string
  readonly password: Secret
  /** How the API is shown the token: as the password of the user `bearer`, or as newer pages have it. @default 'basic' */
  readonly placement?: 'basic' | 'bearer' | undefined
}

const API_KEY_OPTIONS: OptionNames<FlowluApiKeyOptions> = {
  account: true,
  allowInsecureRequests: true,
  apiKey: true,
  company: true,
  baseUrl: true,
}

const PASSWORD_OPTIONS: OptionNames<FlowluPasswordOptions> = {
  ...CREDENTIAL_OPTIONS,
  tokenUrl: true,
  clientId: true,
  username: true,
  password: true,
  placement: true,
  company: true,
  baseUrl: true,
}

export const flowlu: {
  /**
   * The account's API key, as the query parameter `api_key` of every request. A key that the API refuses is not sent again: the
   * event `refused` says `api_key_refused`, unless `apiKey` is a function that by now gives another key.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   * @see https://www.flowlu.com/api/auth/
   */
  readonly apiKey: (options: FlowluApiKeyOptions) => ApiKeyCredential
  /**
   * An administrator's token. Flowlu says nothing about its life: it is used until the API refuses it, then asked for anew.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   * @see https://www.flowlu.com/api/auth/
   */
  readonly password: (options: FlowluPasswordOptions) => TokenCredential
} = { apiKey: createApiKey, password: createPassword }

function createApiKey(options: FlowluApiKeyOptions): ApiKeyCredential {
  const own = knownOptions(VENDOR, options, API_KEY_OPTIONS)
  const origins = [originOf(companyOf(own), own)]
  requireSecret(VENDOR, own, ['apiKey'])
  const place = (key: string) => ({ query: { api_key: key } })
  const common = pickOptions(own, CREDENTIAL_OPTIONS)
  return createApiKeyCredential({ ...common, vendor: VENDOR, origins, apiKey: own.apiKey, place, refuses })
}

const DIALECT: TokenEndpointDialect & ApiDialect = {
  clientAuthentication: 'none',
  scopeFormat: 'omit',
  normalize,
  refuses,
}

const PLACEMENTS = {
  basic: ({ accessToken }: PlacedTokens) => ({ headers: { authorization: `Basic ${btoa(`bearer:${accessToken}`)}` } }),
  bearer: undefined,
}

function createPassword(options: FlowluPasswordOptions): TokenCredential {
  const own = knownOptions(VENDOR, options, PASSWORD_OPTIONS)
  const tenant = companyOf(own)
  const origins = [originOf(tenant, own)]
  requireText(VENDOR, own, ['clientId', 'username'])
  requireSecret(VENDOR, own, ['password'])
  const tokenUrl = requireUrlOption(VENDOR, own, 'tokenUrl').href
  const { placement = 'basic' } = own
  if (!Object.hasOwn(PLACEMENTS, placement)) throw invalidOption(VENDOR, 'placement', `must be 'basic' or 'bearer'`)
  return password({
    ...pickOptions(own, CREDENTIAL_OPTIONS),
    ...DIALECT,
    vendor: VENDOR,
    tenant,
    origins,
    tokenUrl,
    clientId: own.clientId,
    username: own.username,
    password: own.password,
    place: PLACEMENTS[placement],
  })
}

/** A part of a host name (RFC 1123 §2.1), so that nothing written there leads to another host. */
const DNS_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/

/** `www` is no company's: it answers 404, which is easily taken for a wrong key. */
function companyOf(own: CompanyOptions): string {
  requireText(VENDOR, own, ['company'])
  const company = own.company.toLowerCase()
  if (DNS_LABEL.test(own.company) && company !== 'www') return company
  throw invalidOption(VENDOR, 'company', `must be what stands before ".flowlu.com" in your account's address`)
}

function originOf(company: string, own: CompanyOptions & Pick<CredentialOptions, 'allowInsecureRequests'>): string {
  return parseUrlOption(VENDOR, own, 'baseUrl')?.origin ?? `https://${company}.flowlu.com`
}
