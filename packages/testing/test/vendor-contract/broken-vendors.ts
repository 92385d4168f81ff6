import { type ApiKeyCredential, GrantError, type TokenCredential } from '@valetkey/core'
import { CredentialError, readSecret, refusesByDefault } from '@valetkey/core/kit'
import { type AcmeKeyOptions, type AcmeOptions, type AcmeParts, acme, acmeKey, GOOD } from './acme.ts'

/** A vendor that does one thing wrong. */
export interface BrokenVendor {
  readonly fault: string
  readonly create: (options: never) => TokenCredential | ApiKeyCredential
  /** The tests of the contract that fail for it, in their order. */
  readonly fails: readonly string[]
}

const required = (option: string) => `"${option}" is required, and the error says so`
const NO_OPTIONS = 'without options at all the error is typed too'
const PROTOTYPE = 'members of the prototype of the options are not used'
const FUNCTION = '"clientSecret" may be a function, which is asked when the secret is needed'
const absolute = (option: string) => `"${option}" must be an absolute URL without a password`
const secure = (option: string) => `"${option}" must be https, except for loopback hosts`
const listed = (option: string) => `"${option}" may be http to a host that is listed, and to no other`
const COVERS = 'the credential covers its origins, and nothing that looks like them'
const CARRIES = 'a request to one of them carries what the credential names, and nothing else'
const FOREIGN = 'a request to any other origin is sent unchanged, and costs no token'
const BASE_URL = '"baseUrl" is the only origin if it is given, with any path'
const MOVED = '"tokenUrl" never moves the origins'
const STATUSES = '401 refuses the credential; success, permission, rate limits and outages do not'
const SCOPE = 'a 401 for insufficient scope is a matter of permission'
const PERMISSION = '403 renews nothing'
const RENEWED = 'a refused token is replaced once, and the request replayed'
const REFUSED_TWICE = 'the caller gets the second refusal'
const KEY_REFUSED = 'a refused API key is final: one request, and the event "refused" says why'
const KEY_CHANGED = 'a refused API key is read again when "apiKey" is a function, and sent if it is another one'
const WRONG_OPTION = 'the error of a wrong option shows no secret'
const FAILING_FUNCTION = 'a function for "clientSecret" that fails is a typed error without what it threw'
const IN_USE =
  'a credential in use shows no secret: not itself, its tokens, its authorizations, its status, nor its events'
const ACCOUNT = 'the account is "default" unless another one is given'
const NO_ACCOUNT = 'an "account" without a value is an error, never the account "default"'
const SHARED = 'credentials of the same options and store share one token'
const separate = (option: string) => `another "${option}" is another store key with a separate token`
const SECRETLESS = 'no secret is in a store key'
const APART = 'who has another secret is not given the stored token, and does not replace it'
const ONCE = 'a hundred uses at once ask for one token, which is on each request'
const POST = 'a token request is a POST without a secret in its URL'
const BARE = 'a token request carries no earlier token, also when the program’s fetch adds one'
const TOKEN_URL = '"tokenUrl" is where tokens are asked for'
const REDIRECTED = [301, 302, 303, 307, 308].map((status) => `a token request is not sent on by a ${status}`)
const typed = (what: string) => `the token endpoint gives ${what}: a typed error, without a secret`
const unavailable = (what: string) =>
  `the token endpoint gives ${what}: token_unavailable with retryAt, without a secret`
const OUTAGES = ['a 429', 'a 500', 'a 503', 'an HTML page with status 504']

const OWN_HOST = 'https://api.acme.example'

export const BROKEN_TOKEN_VENDORS: readonly BrokenVendor[] = [
  {
    fault: 'checks no option',
    create: broken({
      check: () => undefined,
      identity: ({ clientId, tokenUrl }) => [JSON.stringify([tokenUrl, clientId])],
    }),
    fails: [
      required('clientId'),
      required('clientSecret'),
      NO_OPTIONS,
      PROTOTYPE,
      absolute('tokenUrl'),
      secure('tokenUrl'),
      listed('tokenUrl'),
      WRONG_OPTION,
    ],
  },
  {
    fault: 'names itself wrongly in its errors',
    create: broken({ check: rewording((message) => message.replace('[acme]', '[@valetkey/acme]')) }),
    fails: [required('clientId'), required('clientSecret')],
  },
  {
    fault: 'quotes wrong options',
    create: broken({ check: rewording((message, value) => `${message}, not ${value}`) }),
    fails: [absolute('tokenUrl'), WRONG_OPTION],
  },
  {
    fault: 'takes options from the prototype',
    create: broken({ own: (options) => ({ ...Object.getPrototypeOf(options ?? {}), ...options }) }),
    fails: [PROTOTYPE],
  },
  {
    fault: 'asks the vault when it is made',
    create: broken({ check: askingVault }),
    fails: [FUNCTION],
  },
  {
    fault: 'takes the function for the secret',
    create: broken({ request: (options) => GOOD.request(options, String(options.clientSecret)) }),
    fails: [FUNCTION],
  },
  {
    fault: 'says what the vault said',
    create: broken({ secret: quotingVault }),
    fails: [FAILING_FUNCTION],
  },
  {
    fault: 'permits http by itself',
    create: broken({ own: (options) => ({ ...options, allowInsecureRequests: true }) }),
    fails: [secure('baseUrl'), listed('baseUrl'), secure('tokenUrl'), listed('tokenUrl')],
  },
  {
    fault: 'covers every host that begins like its own',
    create: broken({ finish: covering((origin) => origin.startsWith(OWN_HOST)) }),
    fails: [COVERS, FOREIGN, BASE_URL],
  },
  {
    fault: 'covers its subdomains',
    create: broken({ finish: covering((origin) => /^https:\/\/([\w-]+\.)?api\.acme\.example$/.test(origin)) }),
    fails: [COVERS, FOREIGN, BASE_URL],
  },
  {
    fault: 'covers its host over http',
    create: broken({ finish: covering((origin) => /^https?:\/\/api\.acme\.example$/.test(origin)) }),
    fails: [COVERS, FOREIGN, BASE_URL],
  },
  {
    fault: 'keeps its own host beside "baseUrl"',
    create: broken({ origins: (options) => [OWN_HOST, ...GOOD.origins(options)] }),
    fails: [BASE_URL],
  },
  {
    fault: 'ignores "baseUrl"',
    create: broken({ origins: () => [OWN_HOST] }),
    fails: [absolute('baseUrl'), secure('baseUrl'), listed('baseUrl'), BASE_URL],
  },
  {
    fault: 'covers the host of "tokenUrl"',
    create: broken({ origins: (options) => [...GOOD.origins(options), new URL(options.tokenUrl ?? OWN_HOST).origin] }),
    fails: [BASE_URL, MOVED],
  },
  {
    fault: 'ignores "tokenUrl"',
    create: broken({ request: (options, secret) => GOOD.request({ ...options, tokenUrl: undefined }, secret) }),
    fails: [TOKEN_URL],
  },
  {
    fault: 'names more than it puts on a request',
    create: broken({
      finish: (credential) => ({ ...credential, carries: { headers: ['authorization', 'x-id'], query: [] } }),
    }),
    fails: [CARRIES],
  },
  {
    fault: 'puts no token on a request',
    create: broken({ place: () => ({ headers: { authorization: 'Bearer' } }) }),
    fails: [RENEWED, IN_USE, ONCE],
  },
  {
    fault: 'gives one client’s token to another',
    create: broken({ identity: ({ tokenUrl = '' }) => [tokenUrl] }),
    fails: [separate('clientId')],
  },
  {
    fault: 'gives one token endpoint’s token to another',
    create: broken({ identity: ({ clientId }) => [clientId] }),
    fails: [separate('tokenUrl')],
  },
  {
    fault: 'keeps its secret in the store key',
    create: broken({ identity: (options) => [...GOOD.identity(options), String(options.clientSecret)] }),
    fails: [SECRETLESS],
  },
  {
    fault: 'does not name the secrets of its grant',
    create: broken({ secrets: undefined }),
    fails: [APART],
  },
  {
    fault: 'has one account only',
    create: broken({ own: (options) => ({ ...options, account: 'me' }) }),
    fails: [ACCOUNT, NO_ACCOUNT, separate('account')],
  },
  {
    fault: 'shares nothing',
    create: broken({ identity: (options) => [...GOOD.identity(options), String(Math.random())] }),
    fails: [SHARED, APART],
  },
  {
    fault: 'puts its secret into a URL',
    create: broken({ request: inUrl }),
    fails: [POST, TOKEN_URL],
  },
  {
    fault: 'lets fetch follow redirects',
    create: broken({ request: followingRedirects }),
    fails: REDIRECTED,
  },
  {
    fault: 'asks for tokens through the fetch that it is given',
    create: broken({ send: ({ fetch = globalThis.fetch }) => fetch }),
    fails: [BARE],
  },
  {
    fault: 'takes 403 for a refusal',
    create: broken({ refuses: (view) => view.status === 403 || refusesByDefault(view) }),
    fails: [STATUSES, PERMISSION],
  },
  {
    fault: 'takes insufficient scope for a refusal',
    create: broken({ refuses: ({ status }) => status === 401 }),
    fails: [SCOPE],
  },
  {
    fault: 'sees no refusal',
    create: broken({ refuses: () => false }),
    fails: [STATUSES, RENEWED, REFUSED_TWICE],
  },
  {
    fault: 'takes every failure for a wrong client',
    create: broken({ read: blamingTheClient }),
    fails: [...OUTAGES.map(unavailable), ...REDIRECTED],
  },
  {
    fault: 'repeats the vendor’s words as they are',
    create: broken({ read: repeatingWords }),
    fails: [
      typed('a 400'),
      typed('a 401'),
      typed('a 400 whose error is the request'),
      typed('a 401 whose body is the request'),
      ...OUTAGES.map(unavailable),
    ],
  },
  {
    fault: 'shows its options on the credential',
    create: broken({ finish: (credential, options) => Object.assign({ ...credential }, { options }) }),
    fails: [IN_USE],
  },
]

export const BROKEN_KEY_VENDORS: readonly BrokenVendor[] = [
  {
    fault: 'sends a refused key again',
    create: brokenKey((credential) => ({ ...credential, renew: async (refused) => refused })),
    fails: [KEY_REFUSED],
  },
  {
    fault: 'is silent about a refused key',
    create: brokenKey((credential) => ({ ...credential, observe: () => undefined })),
    fails: [KEY_REFUSED],
  },
  {
    fault: 'never reads its key again',
    create: brokenKey((credential) => ({ ...credential, renew: async () => undefined })),
    fails: [KEY_CHANGED],
  },
  {
    fault: 'shows its key',
    create: brokenKey((credential, { apiKey }) => Object.assign({ ...credential }, { apiKey })),
    fails: [IN_USE],
  },
  {
    fault: 'sends its key to every host',
    create: brokenKey((credential) => ({ ...credential, covers: () => true })),
    fails: [COVERS, FOREIGN, BASE_URL],
  },
]

function broken(parts: Partial<AcmeParts>): (options: AcmeOptions) => TokenCredential {
  return acme({ ...GOOD, ...parts })
}

function brokenKey(change: (credential: ApiKeyCredential, options: AcmeKeyOptions) => ApiKeyCredential) {
  return (options: AcmeKeyOptions) => change(acmeKey(options), options)
}

function rewording(change: (message: string, value: unknown) => string): AcmeParts['check'] {
  return (options) => {
    try {
      GOOD.check(options)
    } catch (error) {
      if (!(error instanceof CredentialError) || !('option' in error)) throw error
      const option = String(error.option)
      const message = change(error.message, Reflect.get(options, option))
      throw new CredentialError('invalid_option', message, { vendor: 'acme', option })
    }
  }
}

function askingVault(options: AcmeOptions): void {
  GOOD.check(options)
  const { clientSecret } = options
  if (typeof clientSecret === 'function') Promise.resolve(clientSecret()).catch(() => undefined)
}

async function quotingVault({ clientSecret }: AcmeOptions): Promise<string> {
  try {
    return await readSecret(clientSecret)
  } catch (error) {
    throw new GrantError({ kind: 'client_rejected', sent: false, description: String(error) })
  }
}

function covering(covers: (origin: string) => boolean): AcmeParts['finish'] {
  return (credential) => ({ ...credential, covers })
}

function inUrl(options: AcmeOptions, secret: string): ReturnType<AcmeParts['request']> {
  const { url, init } = GOOD.request(options, secret)
  return { url: `${url}?client_secret=${secret}`, init }
}

function followingRedirects(options: AcmeOptions, secret: string): ReturnType<AcmeParts['request']> {
  const { url, init } = GOOD.request(options, secret)
  return { url, init: { ...init, redirect: 'follow' } }
}

function blamingTheClient(answer: Response): ReturnType<AcmeParts['read']> {
  if (answer.ok) return GOOD.read(answer)
  throw new GrantError({ kind: 'client_rejected', sent: true, status: answer.status })
}

async function repeatingWords(answer: Response): ReturnType<AcmeParts['read']> {
  if (answer.ok) return GOOD.read(answer)
  const kind = answer.status === 400 ? 'client_rejected' : 'token_unavailable'
  throw new GrantError({ kind, sent: true, status: answer.status, description: await answer.text() })
}
