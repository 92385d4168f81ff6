import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as airthings from '@valetkey/airthings'
import { attachCredential } from '@valetkey/axios'
import * as bluesonde from '@valetkey/bluesonde'
import * as core from '@valetkey/core'
import { keepWarm, warmOnce } from '@valetkey/core/keep-warm'
import * as kit from '@valetkey/core/kit'
import { withCredential as fetchWithCredential } from '@valetkey/fetch'
import * as flowlu from '@valetkey/flowlu'
import * as flume from '@valetkey/flume'
import { withCredential as kyWithCredential } from '@valetkey/ky'
import * as m2m from '@valetkey/m2m'
import * as mcp from '@valetkey/mcp'
import * as oauth2 from '@valetkey/oauth2'
import { instrument } from '@valetkey/otel'
import { signInHandler } from '@valetkey/sign-in'
import { durableObjectStore } from '@valetkey/store-durable-object'
import { dynamodbStore } from '@valetkey/store-dynamodb'
import { encryptedStore } from '@valetkey/store-encrypted'
import { fileStore } from '@valetkey/store-file'
import { indexedDbStore } from '@valetkey/store-indexeddb'
import { postgresStore } from '@valetkey/store-postgres'
import { redisStore } from '@valetkey/store-redis'
import { sqliteStore } from '@valetkey/store-sqlite'
import axios from 'axios'
import ky from 'ky'

const ORIGIN = 'https://api.acme.example'
const origins = [ORIGIN]
const vendor = 'acme'
const client = { clientId: 'boat-app', clientSecret: 's3cret' }
const tokenUrl = `${ORIGIN}/token`
const redirectUri = 'https://app.example/callback'
const authorizationUrl = `${ORIGIN}/authorize`
const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----'
const user = { username: 'skipper', password: 'p4ssword' }
const grant = { acquire: async () => ({ accessToken: 'token' }) }

const answer = async () => new Response('{}')
const apiKey = () => core.createApiKeyCredential({ vendor, origins, apiKey: 'key-1' })
const mcpCredential = () => mcp.mcpCredential({ serverUrl: ORIGIN, redirectUri, fetch: notUsed })
/** A credential whose token has no `user_id`. */
const notJwt = { vendor, account: 'default', claims: async () => ({}) }
const notUsed = () => Promise.reject(new Error('not used'))

/** Reads what the options of a credential are for. */
const use = async (credential: core.TokenCredential) => [credential.account, await credential.status()]
const signIn = async (credential: oauth2.SignInCredential) => [
  await credential.beginSignIn(),
  await use(credential),
  await credential.resource(ORIGIN).status(),
]
/** The same for one of its APIs. */
const useApi = async (credential: core.TokenCredential & oauth2.Resources) => [
  await credential.resource(ORIGIN).status(),
  await credential.audience('mail').status(),
  await use(credential),
]

const authorizationCode = { vendor, origins, ...client, tokenUrl, authorizationUrl, redirectUri }
const secretGrant = { vendor, origins, ...client, tokenUrl }
const introspection = { vendor, ...client, introspectionUrl: `${ORIGIN}/introspect` }
const anonymous = { vendor, origins, tokenUrl }
const device = { ...secretGrant, deviceAuthorizationUrl: `${ORIGIN}/device` }

const grants = {
  clientCredentials: () => useApi(oauth2.clientCredentials(secretGrant)),
  password: () => useApi(oauth2.password({ ...secretGrant, ...user })),
  authorizationCode: () => signIn(oauth2.authorizationCode(authorizationCode)),
  deviceCode: () => use(oauth2.deviceCode(device)),
  jwtBearer: () => use(oauth2.jwtBearer({ ...anonymous, assertion: { key: pem, claims: { iss: 'boat-app' } } })),
  tokenExchange: () => use(oauth2.tokenExchange({ ...anonymous, subjectToken: 'subject' })),
  customGrant: () => use(oauth2.customGrant({ ...anonymous, grantType: 'account_credentials' })),
}

const acme = oauth2.defineVendor({ name: vendor, title: 'Acme', documentation: {}, origins, tokenUrl })

/** What each export does with the fewest options that it takes; a text says why it takes none of a program. */
export const DOORS: Readonly<Record<string, (() => unknown) | string>> = {
  '@valetkey/core/keep-warm keepWarm': () => keepWarm(oauth2.authorizationCode(authorizationCode)).close(),
  '@valetkey/core/keep-warm warmOnce': () => warmOnce(oauth2.authorizationCode(authorizationCode)),
  '@valetkey/core/kit CredentialError': () =>
    new kit.CredentialError('timeout', 'late', { vendor }).account satisfies string,
  '@valetkey/core GrantError': () => new core.GrantError({ kind: 'token_unavailable', sent: true }),
  '@valetkey/core/kit abortWith': 'takes a controller',
  '@valetkey/core/kit accountOption': () => kit.accountOption('@valetkey/acme', {}),
  '@valetkey/core/kit assertKnownOptions': () => kit.assertKnownOptions('@valetkey/acme', {}, {}),
  '@valetkey/core/kit boundedWait': () => kit.boundedWait({ timeoutMs: 1 }, () => () => {}),
  '@valetkey/core/kit checkRecord': 'takes a store and a key',
  '@valetkey/core createApiKeyCredential': () => apiKey().authorization(),
  '@valetkey/core/kit createAuthorization': () => kit.createAuthorization({}, 1),
  '@valetkey/core/kit createFactory': () => kit.createFactory('@valetkey/acme', { vendor: true }, notUsed).options,
  '@valetkey/core/kit createSender': 'takes a credential; requests are objects with methods',
  '@valetkey/core createTokenCredential': async () => {
    const credential = core.createTokenCredential({ vendor, origins, identity: [], grant }, {})
    const imported = await credential.importTokens({ accessToken: 'token' })
    const details = await credential.details()
    return [imported, await credential.getToken(), details, await use(credential), await credential.signOut()]
  },
  '@valetkey/core/kit discardBody': 'takes a body',
  '@valetkey/core/kit editDistance': 'takes texts',
  '@valetkey/core/kit firstHop': 'takes a request of a client plugin',
  '@valetkey/core/kit forAccount': () => {
    const credential = core.createTokenCredential({ vendor, origins, identity: [], grant: { refresh: notUsed } })
    return kit.forAccount(credential, 'ada').status()
  },
  '@valetkey/core/kit forTarget': () => {
    const credential = core.createTokenCredential({ vendor, origins, identity: [], grant: { refresh: notUsed } })
    return kit.forTarget(credential, { target: 'mail', grant: { refresh: notUsed } }).status()
  },
  '@valetkey/core/kit hasMethods': 'takes any object',
  '@valetkey/core/kit hasParameter': 'takes texts',
  '@valetkey/core/kit innermostFetch': 'takes a function',
  '@valetkey/core/kit insecureUrl': 'takes a URL',
  '@valetkey/core/kit isSecureEnough': 'takes a URL',
  '@valetkey/core/kit knownOptions': () => kit.knownOptions('@valetkey/acme', {}, {}),
  '@valetkey/core/kit ownerOf': () => kit.ownerOf({}),
  '@valetkey/core/kit pickOptions': () => kit.pickOptions({}, {}),
  '@valetkey/core/kit requireInsecureHosts': 'takes a value',
  '@valetkey/core/kit invalidOption': 'takes texts',
  '@valetkey/core isCredentialError': 'takes an error',
  '@valetkey/core/kit rotationOf': 'takes an error',
  '@valetkey/core/kit isGrantError': 'takes an error',
  '@valetkey/core/kit isJsonAnswer': 'takes an answer',
  '@valetkey/core/kit isReplayable': 'takes a body',
  '@valetkey/core/kit redactError': 'takes an error',
  '@valetkey/core logEvents': () => core.logEvents(apiKey(), console),
  '@valetkey/core memoryStore': async () => {
    const store = core.memoryStore({})
    return [await store.compareAndSet('k', undefined, 'v'), await store.get('k')]
  },
  '@valetkey/core/kit nextHop': 'takes a hop of core',
  '@valetkey/core/kit onAbort': 'takes a signal',
  '@valetkey/core/kit originOf': 'takes a text',
  '@valetkey/core/kit ownMembers': 'is what the others use',
  '@valetkey/core/kit parseJsonInTime': 'takes a promise',
  '@valetkey/core/kit parseJsonStream': 'takes a stream',
  '@valetkey/core/kit parseOrigin': () => kit.parseOrigin('@valetkey/acme', ORIGIN, {}),
  '@valetkey/core/kit readStart': 'takes a stream',
  '@valetkey/core/kit readSecret': 'takes a text or a function',
  '@valetkey/core/kit redirectRefused': 'takes a credential',
  '@valetkey/core/kit refusesByDefault': 'takes an answer',
  '@valetkey/core/kit requireKey': 'takes a key',
  '@valetkey/core/kit requireSecret': () => refused(() => kit.requireSecret('@valetkey/acme', {}, ['clientSecret'])),
  '@valetkey/core requireEnv': 'takes an environment',
  '@valetkey/core/kit requiredScopes': 'takes an answer and an authorization',
  '@valetkey/core/kit requireText': () => refused(() => kit.requireText('@valetkey/acme', {}, ['clientId'])),
  '@valetkey/core/kit storeSignIn': () =>
    kit.storeSignIn(core.createTokenCredential({ vendor, origins, identity: [], grant: { refresh: notUsed } }), {
      accessToken: 'token',
    }),
  '@valetkey/core/kit systemClock.monotonic': 'takes nothing',
  '@valetkey/core/kit systemClock.now': 'takes nothing',
  '@valetkey/core/kit systemClock.random': 'takes nothing',
  '@valetkey/core/kit systemClock.sleep': 'takes a number and a signal',
  '@valetkey/core/kit throwIfAborted': 'takes a signal',
  '@valetkey/core/kit vendorOf': 'takes a text',
  '@valetkey/core/kit withQuery': 'takes a text and an authorization',
  '@valetkey/core/kit withoutQuery': 'takes a text and an authorization',
  '@valetkey/core/kit within': 'takes a clock and a promise',

  '@valetkey/oauth2 asRecord': 'is for answers',
  '@valetkey/oauth2 authorizationCode': grants.authorizationCode,
  '@valetkey/oauth2 clientCredentials': grants.clientCredentials,
  '@valetkey/oauth2 createTokenIntrospector': async () => {
    const introspect = oauth2.createTokenIntrospector(introspection)
    return [await introspect('', {})]
  },
  '@valetkey/oauth2 customGrant': grants.customGrant,
  '@valetkey/oauth2 defineVendor': () => use(acme(oauth2.clientCredentials)(client)),
  '@valetkey/oauth2 deviceCode': grants.deviceCode,
  '@valetkey/oauth2 jwtBearer': grants.jwtBearer,
  '@valetkey/oauth2 oauth2.authorizationCode': grants.authorizationCode,
  '@valetkey/oauth2 oauth2.clientCredentials': grants.clientCredentials,
  '@valetkey/oauth2 oauth2.customGrant': grants.customGrant,
  '@valetkey/oauth2 oauth2.deviceCode': grants.deviceCode,
  '@valetkey/oauth2 oauth2.jwtBearer': grants.jwtBearer,
  '@valetkey/oauth2 oauth2.password': grants.password,
  '@valetkey/oauth2 oauth2.tokenExchange': grants.tokenExchange,
  '@valetkey/oauth2 parseUrlOption': () => oauth2.parseUrlOption('@valetkey/acme', {}, 'tokenUrl'),
  '@valetkey/oauth2 password': grants.password,
  '@valetkey/oauth2 tokenExchange': grants.tokenExchange,
  '@valetkey/oauth2 requireUrlOption': () => oauth2.requireUrlOption('@valetkey/acme', { tokenUrl }, 'tokenUrl'),

  '@valetkey/sign-in signInHandler': async () => {
    const cookieKey = new Uint8Array(32)
    const handler = signInHandler(oauth2.authorizationCode(authorizationCode), { accountOf: () => 'ada', cookieKey })
    const begun = await handler(new Request('https://app.example/sign-in'))
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state')
    const cookie = begun.headers
      .getSetCookie()
      .map((text) => text.split(';')[0] ?? '')
      .join('; ')
    const callback = new Request(`${redirectUri}?error=access_denied&state=${state}`, { headers: { cookie } })
    return [begun, await handler(callback)]
  },

  '@valetkey/axios attachCredential': async () => {
    const http = axios.create({ adapter: 'fetch', env: { fetch: answer } } as never)
    attachCredential(http, apiKey(), {})
    return http.get(`${ORIGIN}/v1`)
  },
  '@valetkey/fetch withCredential': () =>
    fetchWithCredential(answer as typeof fetch, apiKey(), {})(`${ORIGIN}/v1`, { valetkey: {} }),
  '@valetkey/ky withCredential': () =>
    kyWithCredential(ky.create({ fetch: answer }), apiKey(), {})(`${ORIGIN}/v1`, { valetkey: {} }),

  '@valetkey/mcp mcpAuth': () => mcp.mcpAuth(mcpCredential()).token(),
  '@valetkey/mcp mcpCredential': async () => {
    const credential = mcpCredential()
    const imported = refused(() => credential.importTokens({}))
    const begun = refused(() => credential.beginSignIn())
    return [credential.account, await credential.status(), await imported, await begun]
  },
  '@valetkey/mcp withSignIn': () => mcp.withSignIn(mcpCredential(), { signIn: notUsed })(answer),

  '@valetkey/store-durable-object durableObjectStore': () =>
    durableObjectStore({ idFromName: notUsed, get: notUsed } as never, {}),
  '@valetkey/store-durable-object TokenRecords': 'takes what the platform gives',
  '@valetkey/store-dynamodb dynamodbStore': () => dynamodbStore({ send: notUsed }, { table: 'tokens' }),
  '@valetkey/store-encrypted encryptedStore': async () => {
    const keys = [{ id: 'k', key: new Uint8Array(32) }]
    const store = encryptedStore(core.memoryStore(), { keys })
    return [await store.compareAndSet('k', undefined, 'v'), await store.get('k'), await store.rotateKeys()]
  },
  '@valetkey/store-file fileStore': () => fileStore({ path: join(tmpdir(), 'valetkey-own-members') }),
  '@valetkey/store-indexeddb indexedDbStore': () => indexedDbStore({}),
  '@valetkey/store-postgres postgresSchema': 'takes a text',
  '@valetkey/store-postgres postgresStore': () => postgresStore({ query: notUsed }, {}),
  '@valetkey/store-sqlite sqliteSchema': 'takes a text',
  '@valetkey/store-sqlite sqliteStore': () => sqliteStore({ execute: notUsed }, {}),
  '@valetkey/store-redis redisStore': () =>
    redisStore({ eval: notUsed, evalsha: notUsed, pipeline: notUsed } as never, {}),

  '@valetkey/otel instrument': () => instrument(apiKey(), {}),
  '@valetkey/otel/diagnostics publishEvents': 'takes credentials',

  '@valetkey/airthings authorizationCode': () => signIn(airthings.authorizationCode({ ...client, redirectUri })),
  '@valetkey/airthings clientCredentials': () => use(airthings.clientCredentials(client)),
  '@valetkey/bluesonde apiKey': () => bluesonde.apiKey({ apiKey: 'key-1', baseUrl: ORIGIN }).authorization(),
  '@valetkey/bluesonde authorizationCode': () =>
    signIn(bluesonde.authorizationCode({ clientId: 'boat-app', redirectUri, baseUrl: ORIGIN })),
  '@valetkey/flowlu apiKey': () => flowlu.apiKey({ company: 'acme', apiKey: 'key-1' }).authorization(),
  '@valetkey/flowlu password': () => use(flowlu.password({ company: 'acme', clientId: 'boat-app', tokenUrl, ...user })),
  '@valetkey/flume password': () => use(flume.password({ ...client, ...user })),
  '@valetkey/flume userId': () => refused(() => flume.userId(notJwt as never, {})),
  ...Object.fromEntries(
    ['airthings', 'bluesonde', 'flowlu', 'flume', 'm2m'].map((name) => [`@valetkey/${name} vendor`, 'takes a grant']),
  ),
  '@valetkey/m2m clientCredentials': () => use(m2m.clientCredentials({ ...client, baseUrl: ORIGIN })),
}

/** What is missing stays missing. */
async function refused(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('it took an option by prototype')
}
