import { Authorizer, callPlace, createAuthorization, namesOf } from './authorization.ts'
import type { Authorization, CarriedNames, Credential, ObservedDetail, WaitOptions } from './credential.ts'
import { WAIT_OPTIONS } from './credential.ts'
import { CredentialError } from './errors.ts'
import { type CredentialEventListener, type CredentialEventName, EventHub } from './events.ts'
import { guardRefuses } from './http/refusal.ts'
import type { Factory, OptionNames } from './options.ts'
import {
  accountOption,
  assertKnownOptions,
  createFactory,
  invalidOption,
  requireSecret,
  requireText,
} from './options.ts'
import type { InsecureHosts } from './origins.ts'
import { parseOrigins } from './origins.ts'
import { readSecret, type Secret } from './secrets.ts'
import { abortable, systemClock } from './time.ts'
import type { Placement } from './token-credential.ts'

export interface ApiKeyOptions {
  /** Name of the vendor, in errors and events. @example 'acme' */
  readonly vendor: string
  /** The origins (`https://api.example.com`) that the key may be sent to, or patterns of them (`https://*.example.com`: exactly one label). */
  readonly origins: readonly string[]
  /**
   * The key, or where to read it: once when it is first needed, and again each time the API refuses it.
   * @example () => readFromVault('acme-key')
   */
  readonly apiKey: Secret
  /**
   * What the key becomes on a request. Called once per key. @default Authorization: Bearer
   * @example (key) => ({ headers: { 'x-api-key': key } })
   */
  readonly place?: ((apiKey: string) => Placement) | undefined
  /** Whose key it is. Present with `undefined` or `''` it is `invalid_option`. @default 'default' */
  readonly account?: string
  /** The names that `place` sets. @default asked of `place`, with the key, or with a sample where the key is a function */
  readonly carries?: CarriedNames | undefined
  /** @default status 401 without `insufficient_scope` */
  readonly refuses?: Credential['refuses'] | undefined
  /** As `allowInsecureRequests` of `CredentialOptions`. @default false */
  readonly allowInsecureRequests?: InsecureHosts | undefined
}

const API_KEY_OPTIONS: OptionNames<ApiKeyOptions> = {
  vendor: true,
  origins: true,
  apiKey: true,
  place: true,
  account: true,
  carries: true,
  refuses: true,
  allowInsecureRequests: true,
}

/** A credential that no token endpoint renews. Safe for concurrent use. */
export interface ApiKeyCredential extends Credential {
  /** As `on` of a `TokenCredential`. */
  on<E extends CredentialEventName | '*'>(event: E, listener: CredentialEventListener<E>): () => void
}

/** Visible ASCII, as a token (RFC 6749 appendix A): a key with a line feed at its end is a mistake in a file. */
const KEY_TEXT = /^[\x21-\x7e]+$/

/** Shows which names `place` sets while the key itself is not read yet. */
const SAMPLE_KEY = 'sample'

/**
 * A credential with an API key. `renew` reads the key again and gives a new authorization only if it changed; otherwise
 * the event `refused` carries the reason `api_key_refused`.
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const createApiKeyCredential: Factory<ApiKeyOptions, ApiKeyCredential> = /* @__PURE__ */ createFactory(
  '@valetkey/core',
  API_KEY_OPTIONS,
  createCredential,
)

function createCredential(own: ApiKeyOptions): ApiKeyCredential {
  requireText('@valetkey/core', own, ['vendor'])
  requireSecret(own.vendor, own, ['apiKey'])
  const { vendor, apiKey } = own
  const account = accountOption(vendor, own)
  if (typeof apiKey === 'string') checkedKey(vendor, apiKey)
  const { origins, covers } = parseOrigins(vendor, own.origins, own)
  const { carries, authorize } = createPlacer(own)
  const events = new EventHub(vendor, systemClock)
  const key = createKeyReader(() => readApiKey({ vendor, account, apiKey }), authorize)
  if (typeof apiKey === 'string') key.accept(apiKey)
  return {
    specVersion: 'v1',
    vendor,
    account,
    carries,
    origins,
    covers,
    refuses: guardRefuses(vendor, own.refuses),
    authorization(wait) {
      assertKnownOptions(vendor, wait, WAIT_OPTIONS)
      return key.current() ?? abortable(key.read(), wait?.signal)
    },
    renew: (refused, wait) => key.newerThan(refused.generation, wait),
    observe(event, detail) {
      if (event === 'refused') reportRefusal(events, account, key, detail)
      else if (event === 'replayed') events.emit(event, account, { accepted: false, ...detail })
      else if (event === 'scope_required') events.emit(event, account, { scopes: [], ...detail })
      else events.emit(event, account, { reason: 'unknown', ...detail })
    },
    on: events.on,
  }
}

interface KeyReader {
  current(): Authorization | undefined
  accept(apiKey: string): Authorization
  /** Reads the key; everyone who asks meanwhile gets the same answer. */
  read(): Promise<Authorization>
  /** Reads the key only if the current one is the refused one. */
  newerThan(generation: number, wait?: WaitOptions): Promise<Authorization | undefined>
}

function createKeyReader(
  readText: () => Promise<string>,
  authorize: (apiKey: string, generation: number) => Authorization,
): KeyReader {
  let currentText: string | undefined
  let current: Authorization | undefined
  let reading: Promise<Authorization> | undefined

  const accept = (text: string): Authorization => {
    if (current && text === currentText) return current
    current = authorize(text, (current?.generation ?? 0) + 1)
    currentText = text
    return current
  }
  const read = (): Promise<Authorization> => {
    reading ??= readText()
      .then(accept)
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  return {
    current: () => current,
    accept,
    read,
    async newerThan(generation, wait) {
      const newer = current && current.generation > generation ? current : await abortable(read(), wait?.signal)
      return newer.generation > generation ? newer : undefined
    },
  }
}

async function readApiKey(from: { vendor: string; account: string; apiKey: Secret }): Promise<string> {
  const { vendor, account, apiKey } = from
  let text: unknown
  try {
    text = await readSecret(apiKey)
  } catch {
    // What a vault's client throws may hold the key, so none of it is passed on.
    const message = `[${vendor}] "apiKey" could not be read: its function failed`
    throw new CredentialError('token_unavailable', message, { vendor, account, retryAt: Date.now() })
  }
  return checkedKey(vendor, text)
}

function checkedKey(vendor: string, text: unknown): string {
  if (typeof text !== 'string' || text === '') throw invalidOption(vendor, 'apiKey', 'must be a non-empty string', text)
  if (KEY_TEXT.test(text)) return text
  throw invalidOption(vendor, 'apiKey', 'has a space, a line end or another character that no key has')
}

/** Waits for the same reading of the key as `renew` does, to tell whether anything better than the refused key is there. */
function reportRefusal(events: EventHub, account: string, key: KeyReader, detail: ObservedDetail): void {
  const { generation, status } = detail
  const emit = (reason?: string) => events.emit('refused', account, { generation, status, reason })
  key.newerThan(generation).then(
    (newer) => emit(newer ? undefined : 'api_key_refused'),
    () => emit('api_key_unreadable'),
  )
}

interface Placer {
  readonly carries: CarriedNames
  readonly authorize: (apiKey: string, generation: number) => Authorization
}

function createPlacer({ vendor, apiKey, place = placeAsBearer, carries }: ApiKeyOptions): Placer {
  const sample = () => callPlace(vendor, () => place(typeof apiKey === 'string' ? apiKey : SAMPLE_KEY))
  const authorizer = new Authorizer(vendor, carries ?? namesOf(createAuthorization(sample(), 0, vendor)))
  return {
    carries: authorizer.carries,
    authorize: (text, generation) => authorizer.authorize(() => place(text), generation),
  }
}

function placeAsBearer(apiKey: string): Placement {
  return { headers: { authorization: `Bearer ${apiKey}` } }
}
