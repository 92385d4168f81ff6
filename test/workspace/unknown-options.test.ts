import * as airthings from '@valetkey/airthings'
import { attachCredential } from '@valetkey/axios'
import * as bluesonde from '@valetkey/bluesonde'
import { createApiKeyCredential, createTokenCredential, isCredentialError, memoryStore } from '@valetkey/core'
import { keepWarm, warmOnce } from '@valetkey/core/keep-warm'
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
import { fakeCredential, fakeSignInCredential, fakeTokenCredential, virtualClock } from '@valetkey/testing'
import { simulators } from '@valetkey/testing/simulators'
import axios from 'axios'
import ky from 'ky'
import { expect, test } from 'vitest'
import { DOORS } from './own-members/doors.ts'

const ORIGIN = 'https://api.acme.example'
const credential = createApiKeyCredential({ vendor: 'acme', origins: [ORIGIN], apiKey: 'key-1' })
const platformFetch: typeof fetch = async () => new Response('{}')
const query = async () => []
const redis = { eval: query, evalsha: query, pipeline: query }

/** What each factory does with options that hold this and nothing else: unknown names come before missing ones. */
const FACTORIES: Readonly<Record<string, (options: never) => unknown>> = {
  '@valetkey/core createApiKeyCredential': createApiKeyCredential,
  '@valetkey/core createTokenCredential': (options) => {
    const grant = { acquire: async () => ({ accessToken: 'token' }) }
    return createTokenCredential({ vendor: 'acme', origins: [ORIGIN], identity: [], grant }, options)
  },
  '@valetkey/core memoryStore': memoryStore,
  '@valetkey/core/keep-warm keepWarm': (options) => keepWarm([], options),
  '@valetkey/core/keep-warm warmOnce': (options) => warmOnce([], options),
  '@valetkey/oauth2 authorizationCode': oauth2.authorizationCode,
  '@valetkey/oauth2 clientCredentials': oauth2.clientCredentials,
  '@valetkey/oauth2 createTokenIntrospector': oauth2.createTokenIntrospector,
  '@valetkey/oauth2 customGrant': oauth2.customGrant,
  '@valetkey/oauth2 defineVendor': oauth2.defineVendor({ name: 'acme', origins: [ORIGIN] })(oauth2.clientCredentials),
  '@valetkey/oauth2 deviceCode': oauth2.deviceCode,
  '@valetkey/oauth2 jwtBearer': oauth2.jwtBearer,
  '@valetkey/oauth2 password': oauth2.password,
  '@valetkey/oauth2 tokenExchange': oauth2.tokenExchange,
  ...Object.fromEntries(Object.entries(oauth2.oauth2).map(([name, make]) => [`@valetkey/oauth2 oauth2.${name}`, make])),
  '@valetkey/sign-in signInHandler': (options) => signInHandler(credential as never, options),
  '@valetkey/axios attachCredential': (options) => attachCredential(axios.create(), credential, options),
  '@valetkey/fetch withCredential': (options) => fetchWithCredential(platformFetch, credential, options),
  '@valetkey/ky withCredential': (options) =>
    kyWithCredential(ky.create({ fetch: platformFetch }), credential, options),
  '@valetkey/mcp mcpCredential': mcp.mcpCredential,
  '@valetkey/mcp withSignIn': (options) => {
    const served = { serverUrl: ORIGIN, redirectUri: 'https://app.example/callback' }
    return mcp.withSignIn(mcp.mcpCredential(served), options)
  },
  '@valetkey/store-durable-object durableObjectStore': (options) =>
    durableObjectStore({ idFromName: query, get: query } as never, options),
  '@valetkey/store-dynamodb dynamodbStore': (options) => dynamodbStore({ send: query }, options),
  '@valetkey/store-encrypted encryptedStore': (options) => encryptedStore(memoryStore(), options),
  '@valetkey/store-file fileStore': fileStore,
  '@valetkey/store-indexeddb indexedDbStore': indexedDbStore,
  '@valetkey/store-postgres postgresStore': (options) => postgresStore({ query: async () => ({ rows: [] }) }, options),
  '@valetkey/store-redis redisStore': (options) => redisStore(redis as never, options),
  '@valetkey/store-sqlite sqliteStore': (options) => sqliteStore({ execute: async () => ({ rows: [] }) }, options),
  '@valetkey/otel instrument': (options) => instrument(credential, options),
  '@valetkey/airthings authorizationCode': airthings.authorizationCode,
  '@valetkey/airthings clientCredentials': airthings.clientCredentials,
  '@valetkey/bluesonde apiKey': bluesonde.apiKey,
  '@valetkey/bluesonde authorizationCode': bluesonde.authorizationCode,
  '@valetkey/flowlu apiKey': flowlu.apiKey,
  '@valetkey/flowlu password': flowlu.password,
  '@valetkey/flume password': flume.password,
  '@valetkey/m2m clientCredentials': m2m.clientCredentials,
  '@valetkey/testing fakeCredential': fakeCredential,
  '@valetkey/testing fakeSignInCredential': fakeSignInCredential,
  '@valetkey/testing fakeTokenCredential': fakeTokenCredential,
  '@valetkey/testing virtualClock': virtualClock,
  ...Object.fromEntries(
    Object.entries(simulators).map(([name, simulate]) => [`@valetkey/testing ${name}Simulator`, simulate]),
  ),
}

/** Takes what a credential takes, and gives it on: the credential checks it. */
const GIVEN_ON = ['@valetkey/flume userId', '@valetkey/core logEvents', '@valetkey/mcp mcpAuth']

test('every export that takes options of a program is here', () => {
  const doors = Object.entries(DOORS).filter(([name, use]) => typeof use !== 'string' && !/\/kit /.test(name))
  const taking = doors
    .map(([name]) => name)
    .filter((name) => !/ (GrantError|parseUrlOption|requireUrlOption)$/.test(name))
  expect(taking.filter((name) => !Object.hasOwn(FACTORIES, name)).toSorted()).toEqual(GIVEN_ON.toSorted())
})

test.each(Object.entries(FACTORIES))(
  '%s refuses a name that it does not know, with a value or without',
  async (_, make) => {
    for (const value of [undefined, 'canary']) {
      const error: unknown = await (async () => make({ notAnOption: value } as never))().catch(
        (reason: unknown) => reason,
      )
      if (!isCredentialError(error, 'invalid_option')) throw error
      expect([error.option, error.message]).toEqual([
        'notAnOption',
        expect.stringMatching(/^\[[@\w/-]+\] "notAnOption" is not an option; the options are \w+(, \w+)*$/),
      ])
    }
  },
)

test.each([
  [
    'axios',
    () => {
      const http = axios.create({ adapter: 'fetch', env: { fetch: platformFetch } } as never)
      attachCredential(http, credential)
      return http.get(`${ORIGIN}/v1`, { valetkey: { replays: false } } as never)
    },
  ],
  [
    'fetch',
    () => fetchWithCredential(platformFetch, credential)(`${ORIGIN}/v1`, { valetkey: { replays: false } } as never),
  ],
  [
    'ky',
    () =>
      kyWithCredential(ky.create({ fetch: platformFetch }), credential)(`${ORIGIN}/v1`, {
        valetkey: { replays: false },
      } as never),
  ],
])('a request of %s refuses a member of "valetkey" that it does not know', async (_, send) => {
  await expect(send()).rejects.toMatchObject({
    code: 'invalid_option',
    option: 'valetkey.replays',
    message: '[@valetkey/core] "valetkey.replays" is not an option: did you mean "replay"?',
  })
})

test('a key of the encrypted store has an id and a key, and no line break at its end', () => {
  const make = (key: object) => () => Reflect.apply(encryptedStore, undefined, [memoryStore(), { keys: [key] }])
  const text = '5'.repeat(64)
  expect(make({ id: 'a', key: text })).not.toThrow()
  expect(make({ id: 'a', keys: text })).toThrow('"keys[0].keys" is not an option: did you mean "key"?')
  expect(make({ id: 'a', key: `${text}\n` })).toThrow('"keys[0].key" ends in a line break: trim it')
})
