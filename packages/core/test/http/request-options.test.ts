import { expect, test } from 'vitest'
import { createChooser } from '../../src/http/choose.ts'
import { type CredentialSource, createApiKeyCredential, isCredentialError } from '../../src/index.ts'
import { CredentialError, createSender, type RequestToSend, type SenderOptions } from '../../src/kit.ts'
import { type Answer, exchange, rotating, tokenOf, URL_OF_API } from '../support/exchange.ts'

const OTHER = 'https://other.example'

test('a source function is asked with the URL and the method, in capitals, each time', () => {
  const asked: string[] = []
  const choose = createChooser((url, method) => void asked.push(`${method} ${url}`))
  choose({ url: URL_OF_API })
  choose({ url: URL_OF_API, method: 'patch' })
  expect(asked).toEqual([`GET ${URL_OF_API}`, `PATCH ${URL_OF_API}`])
})

test('where a source function gives none, that is its choice and is not told', async () => {
  const { origins, send } = sending(() => undefined, { uncovered: 'throw' })
  await send(URL_OF_API)
  expect(origins).toEqual([])
})

test.each<[string, CredentialSource, string]>([
  ['a credential', named('https://api.acme.example'), `covers ${OTHER}, only https://api.acme.example;`],
  [
    'several',
    [named('https://api.acme.example'), named('https://eu.acme.example')],
    `covers ${OTHER}, only https://api.acme.example, https://eu.acme.example;`,
  ],
  ['a function', () => named('https://api.acme.example'), `covers ${OTHER}, only https://api.acme.example;`],
  ['a credential that does not name its origins', rotating().credential, `covers ${OTHER};`],
  ['none', [], `[core] no credential covers ${OTHER};`],
])('an origin that %s does not cover is told once, and thrown each time', async (_name, source, message) => {
  const { origins, send } = sending(source, { uncovered: 'throw' })
  for (const path of ['/a', '/b']) {
    const error = await send(`${OTHER}${path}`).catch((thrown: unknown) => thrown)
    expect(isCredentialError(error, 'uncovered_origin') && error.origin).toBe(OTHER)
    expect(String(error)).toContain(message)
  }
  expect(origins).toEqual([OTHER])
})

test('a credential with a pattern of origins is sent to its hosts, and is named by the pattern elsewhere', async () => {
  const pattern = 'https://*.my.acme.example'
  const credential = createApiKeyCredential({ vendor: 'acme', origins: [pattern], apiKey: 'key-1' })
  expect(credential.origins).toEqual([pattern])
  const choose = createChooser(credential, { uncovered: 'throw' })
  for (const url of ['https://a.my.acme.example/v1', 'https://b.my.acme.example/v1'])
    expect(choose({ url })).toBe(credential)
  expect(() => choose({ url: 'https://my.acme.example/' })).toThrow(
    '[acme] no credential covers https://my.acme.example, only https://*.my.acme.example;',
  )
})

test('of more origins than are remembered, some are told again', async () => {
  const { origins, send } = sending(rotating().credential)
  for (let i = 0; i <= 1000; i += 1) await send(`https://${i}.example/`)
  await send('https://0.example/')
  await send('https://1000.example/')
  expect(origins.slice(1000)).toEqual(['https://1000.example', 'https://0.example'])
})

test('a URL without an origin, or with a password, is nobody’s to cover', async () => {
  const { origins, send } = sending(rotating().credential, { uncovered: 'throw' })
  for (const url of ['/relative', 'data:,a', 'https://ada:s3cret@other.example/']) await send(url)
  expect(origins).toEqual([])
  const { request } = exchange([], [], { url: 'https://ada:s3cret@api.acme.example/' })
  const error = await createSender([])({ ...request, options: { credential: rotating().credential } }).catch(String)
  expect(error).toContain('no credential covers this URL')
  expect(error).not.toContain('s3cret')
})

test('a failing onUncovered fails no request', async () => {
  const onUncovered = () => {
    throw new Error('a listener')
  }
  const { request } = exchange([], [{ status: 200 }], { url: OTHER })
  expect(await createSender([], { onUncovered })(request)).toEqual({ status: 200 })
})

test.each([
  ['uncovered', { uncovered: 'warn' }],
  ['onUncovered', { onUncovered: 'log' }],
])('"%s" is checked', (option, options) => {
  expect(() => createSender([], options as never)).toThrow(`"${option}" must be`)
})

test.each([
  ['an object with members above it', Object.create({ credential: false })],
  ['a list', []],
  ['a date', new Date(0)],
  ['a map', new Map([['credential', false]])],
])('%s is no options of a request: nothing is sent', async (_what, options) => {
  const { run, sent } = exchange(rotating().credential, [{ status: 200 }], { options })
  await expect(run()).rejects.toMatchObject({ code: 'invalid_option', option: 'valetkey' })
  expect(sent).toEqual([])
})

test('an optional credential that fails later than the first answer leaves the refusal where nothing can be replayed', async () => {
  const renew = () => Promise.reject(signedOut())
  const { run, sent } = exchange(rotating({ renew }).credential, [{ status: 401 }], {
    options: { optional: true },
    isBodyReplayable: false,
  })
  expect(await run()).toEqual({ status: 401 })
  expect(sent).toEqual(['Bearer t1'])
})

test('an optional credential goes out in the turn of the call, as others do', () => {
  const { request, sent } = exchange([], [{ status: 200 }])
  void createSender({ ...rotating().credential, authorization: () => tokenOf(1) })({
    ...request,
    options: { optional: true },
  })
  expect(sent).toEqual(['Bearer t1'])
})

function named(origin: string) {
  return rotating({ origins: [origin], covers: (it) => it === origin }).credential
}

function signedOut(): Error {
  const init = { vendor: 'acme', reason: 'invalid_grant', since: 0 }
  return new CredentialError('reauthorization_required', 'sign in again', init)
}

function sending(source: CredentialSource, options: SenderOptions = {}) {
  const origins: string[] = []
  const sender = createSender(source, { ...options, onUncovered: (origin) => void origins.push(origin) })
  const send = (url: string): Promise<Answer> => {
    const request: RequestToSend<Answer> = exchange([], [{ status: 200 }], { url }).request
    return sender(request)
  }
  return { origins, send }
}
