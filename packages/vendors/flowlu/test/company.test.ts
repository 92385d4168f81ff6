import { memoryStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { describe, expect, test } from 'vitest'
import * as flowlu from '../src/index.ts'
import { ADMINISTRATOR, API_KEY, startKeyWorld, startTokenWorld } from './support/world.ts'

const TOKEN_URL = 'https://login.example.com/token'

const FACTORIES = {
  apiKey: (company: string) => flowlu.apiKey({ company, apiKey: API_KEY }),
  password: (company: string) => flowlu.password({ company, tokenUrl: TOKEN_URL, ...ADMINISTRATOR }),
}

describe.each(Object.entries(FACTORIES))('the company of flowlu.%s', (_, make) => {
  test('API base: is a part of the host that key or token goes to, and to no other', () => {
    const { covers } = make('acme')
    const hosts = ['acme', 'ajax', 'www', 'my', 'a.acme'].map((name) => `https://${name}.flowlu.com`)
    expect(hosts.map(covers)).toEqual([true, false, false, false, false])
    expect(['https://login.example.com', 'https://acme.flowlu.com.evil.example'].map(covers)).toEqual([false, false])
  })

  test.each(['acme', 'a', '1', 'acme-2', 'a--b', 'x'.repeat(63)])('Subdomain rule: may be %j', (company) => {
    expect(make(company).covers(`https://${company}.flowlu.com`)).toBe(true)
  })

  test('Subdomain rule: capitals are the same company', () => {
    expect(make('Acme').covers('https://acme.flowlu.com')).toBe(true)
  })

  test.each([
    'evil.example/',
    'evil.example#',
    'evil.example?',
    'evil.example\\',
    'evil.example:443/',
    'user@evil.example/',
    'acme.evil.example/?',
    'acme.flowlu.com',
    'https://acme.flowlu.com',
    'acme.',
    '.acme',
    'a.b',
    '-acme',
    'acme-',
    'ac me',
    'acme\n',
    'acme%2e',
    'ａcme',
    'acmé',
    '\u212Aelvin',
    'x'.repeat(64),
  ])('S19: %j is refused before anything is sent', (company) => {
    expect(() => make(company)).toThrow(
      expect.objectContaining({ code: 'invalid_option', vendor: 'flowlu', option: 'company' }),
    )
  })

  test.each(['www', 'WWW'])('API base: %s is not a company, and the error says what is expected', (company) => {
    const message = `[flowlu] "company" must be the part before ".flowlu.com" in your account's address`
    expect(() => make(company)).toThrow(message)
  })
})

test('API base: a www host answers 404, which is neither a refused key nor a reason to ask for a token', async () => {
  const key = await startKeyWorld()
  const token = await startTokenWorld()
  for (const { simulator, http, refusals } of [key, token]) {
    const answer = await http(`${simulator.wwwUrl}/api/v1/module/task/tasks/list`)
    expect([answer.status, simulator.tokenCalls(), refusals]).toEqual([404, 0, []])
  }
})

test('Auth host: another one than the company’s; without its URL nothing begins', async () => {
  const world = await startTokenWorld()
  await world.credential.getToken()
  expect(new URL(world.simulator.tokenUrl).origin).not.toBe(world.simulator.baseUrl)
  const make = () => Reflect.apply(flowlu.password, undefined, [{ company: 'acme', ...ADMINISTRATOR }])
  expect(make).toThrow('[flowlu] "tokenUrl" is required')
})

test('API base: one fetch serves two companies, each with its own key', async () => {
  const [acme, ajax] = await Promise.all([
    startKeyWorld({ apiKey: 'acme-key' }, { apiKey: 'acme-key' }),
    startKeyWorld({ apiKey: 'ajax-key' }, { apiKey: 'ajax-key', company: 'ajax' }),
  ])
  const http = withCredential(fetch, [acme.credential, ajax.credential])
  for (const { tasksUrl } of [acme, ajax]) expect(await (await http(tasksUrl)).json()).toHaveProperty('response')
  expect([acme, ajax].map(({ simulator }) => simulator.requests.map(({ query }) => query))).toEqual([
    [{ api_key: 'acme-key' }],
    [{ api_key: 'ajax-key' }],
  ])
})

test('API base: one user has separate tokens for two companies, in upper or lower case', async () => {
  const store = memoryStore()
  const { simulator, credential } = await startTokenWorld({}, { store, company: 'acme' })
  const others = ['ACME', 'ajax'].map((company) =>
    flowlu.password({ company, ...ADMINISTRATOR, tokenUrl: simulator.tokenUrl, allowInsecureRequests: true, store }),
  )
  const tokens = await Promise.all([credential, ...others].map((each) => each.getToken()))
  const [acme, same, ajax] = tokens.map(({ accessToken }) => accessToken)
  expect([same === acme, ajax === acme, simulator.tokenCalls()]).toEqual([true, false, 2])
})
