import * as airthings from '@valetkey/airthings'
import * as bluesonde from '@valetkey/bluesonde'
import type { Credential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import * as flowlu from '@valetkey/flowlu'
import * as flume from '@valetkey/flume'
import * as m2m from '@valetkey/m2m'
import { type Simulator, simulators } from '@valetkey/testing/simulators'
import { expect, onTestFinished, test } from 'vitest'

const CLIENT = { clientId: 'boats', clientSecret: 'boats-secret' } as const
const USER = { username: 'robin@example.com', password: 'robins-password' } as const
const redirectUris = ['http://127.0.0.1/callback'] as const
const [redirectUri] = redirectUris

function closed<Started extends Simulator>(simulator: Started): Started {
  onTestFinished(() => simulator.close())
  return simulator
}

async function read(credential: Credential, simulator: Simulator, path: string): Promise<number> {
  return (await withCredential(fetch, credential)(simulator.baseUrl + path)).status
}

test('Flume: client, user and URLs', async () => {
  const simulator = closed(await simulators.flume({ ...CLIENT, ...USER }))
  const credential = flume.password({ ...simulator.options, account: 'robin' })
  expect(await read(credential, simulator, '/me')).toBe(200)
  expect([credential.origins, simulator.tokenCalls()]).toEqual([[simulator.baseUrl], 1])
})

test('m2m: also with another path of its token endpoint', async () => {
  const simulator = closed(await simulators.m2m({ ...CLIENT, tokenPath: '/token' }))
  expect(await read(m2m.clientCredentials(simulator.options), simulator, '/v1/items')).toBe(200)
})

test('Airthings: where people sign in, and without authorizationUrl for the program itself', async () => {
  const simulator = closed(await simulators.airthings({ ...CLIENT, api: 'business', redirectUris }))
  const credential = airthings.authorizationCode({ ...simulator.options, redirectUri })
  const { url, signIn } = await credential.beginSignIn()
  await credential.completeSignIn(simulator.approve(url), signIn)
  expect(await read(credential, simulator, '/v1/accounts')).toBe(200)
  const own = airthings.clientCredentials(simulator.optionsFor(airthings.clientCredentials))
  expect(await read(own, simulator, '/v1/accounts')).toBe(200)
  expect(() => airthings.clientCredentials(simulator.options)).toThrow('"authorizationUrl" is not an option')
})

test('Bluesonde: those of its application, of its key, and of each where it has both', async () => {
  const application = closed(await simulators.bluesonde({ ...CLIENT, redirectUris }))
  const credential = bluesonde.authorizationCode({ ...application.options, redirectUri })
  const { url, signIn } = await credential.beginSignIn()
  await credential.completeSignIn(application.approve(url), signIn)
  expect(await read(credential, application, '/v1/devices')).toBe(200)
  const key = closed(await simulators.bluesonde({ apiKey: 'sk_test_1' }))
  expect(await read(bluesonde.apiKey(key.options), key, '/v1/devices')).toBe(200)
  const both = closed(await simulators.bluesonde({ ...CLIENT, apiKey: 'sk_test_2' }))
  expect(await read(bluesonde.apiKey(both.optionsFor(bluesonde.apiKey)), both, '/v1/devices')).toBe(200)
  const open = closed(await simulators.bluesonde({ clientId: 'public app', redirectUris }))
  expect(open.options).not.toHaveProperty('clientSecret')
  expect(bluesonde.authorizationCode({ ...open.options, redirectUri }).origins).toEqual([open.baseUrl])
})

test('Flowlu: those of its user, and of its key', async () => {
  const tasks = '/api/v1/module/task/tasks/list'
  const user = closed(await simulators.flowlu(USER))
  const credential = flowlu.password({ ...user.options, company: 'acme', clientId: 'boats' })
  expect(await read(credential, user, tasks)).toBe(200)
  expect(user.tokenCalls()).toBe(1)
  const key = closed(await simulators.flowlu({ apiKey: 'key-1' }))
  expect(await read(flowlu.apiKey({ ...key.options, company: 'acme' }), key, tasks)).toBe(200)
  expect(key.optionsFor(flowlu.apiKey)).toEqual(key.options)
})

test('what is no factory has no options', async () => {
  const simulator = closed(await simulators.m2m(CLIENT))
  for (const factory of [{}, () => undefined, undefined])
    expect(() => simulator.optionsFor(factory as never)).toThrow('"factory" must be a factory')
})
