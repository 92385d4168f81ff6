import { type ApiKeyOptions, type Credential, createApiKeyCredential, createTokenCredential } from '@valetkey/core'
import { createSender } from '@valetkey/core/kit'
import { findLeaks } from '@valetkey/testing'
import { expect, test } from 'vitest'

const SECRET = 'canary-91d2'
const vendor = 'acme'
const origins = ['https://api.acme.example']

type Functions = Pick<ApiKeyOptions, 'carries'> & {
  readonly place?: (secret: string) => never
  readonly refuses?: Credential['refuses']
}

const KINDS: Readonly<Record<string, (functions: Functions) => Credential>> = {
  'a token': ({ place, ...rest }) =>
    createTokenCredential({
      vendor,
      origins,
      identity: [],
      grant: { acquire: async () => ({ accessToken: SECRET }) },
      ...(place && { place: ({ accessToken }) => place(accessToken) }),
      ...rest,
    }),
  'an API key': (functions) => createApiKeyCredential({ vendor, origins, apiKey: async () => SECRET, ...functions }),
}

const carries = { headers: ['x-key'], query: [] }

const quoting = (secret: string) => new Error(`cannot use ${secret}`, { cause: new Error(secret) })

/** What a request with the credential rejects with. */
function failure(credential: Credential): Promise<unknown> {
  const url = 'https://api.acme.example/v1'
  const request = createSender(credential)<string>({
    url,
    alreadyAuthorized: () => false,
    send: async () => 'answer',
    view: () => ({ status: 200, url: `${url}?key=${SECRET}`, header: () => null, json: async () => undefined }),
    discard: () => {},
  })
  return request.then(
    () => expect.fail('it should have been rejected'),
    (error: unknown) => error,
  )
}

const PLACES: readonly [string, (secret: string) => unknown][] = [
  [
    'throws',
    (secret) => {
      throw quoting(secret)
    },
  ],
  ['rejects', (secret) => Promise.reject(quoting(secret))],
  ['is asynchronous', async (secret) => ({ headers: { 'x-key': secret } })],
  ['gives nothing', () => null],
  ['places nothing', () => ({})],
  ['places it flat', (secret) => ({ 'x-key': secret })],
]

const REFUSES: readonly [string, Credential['refuses']][] = [
  [
    'throws',
    ({ url }) => {
      throw quoting(url)
    },
  ],
  ['rejects', ({ url }) => Promise.reject(quoting(url))],
]

for (const [kind, create] of Object.entries(KINDS)) {
  test.each(PLACES)(`a "place" for ${kind} that %s is a typed error, without the secret`, async (_, place) => {
    const error = await failure(create({ place: place as never, carries }))
    expect(error).toMatchObject({ code: 'invalid_option', option: 'place', vendor })
    expect(error).not.toHaveProperty('cause')
    expect(findLeaks(error, [SECRET])).toEqual([])
  })

  test.each(REFUSES)(`a "refuses" for ${kind} that %s is a typed error, without the secret`, async (_, refuses) => {
    const error = await failure(create({ refuses }))
    expect(error).toMatchObject({ code: 'invalid_option', option: 'refuses', vendor })
    expect(error).not.toHaveProperty('cause')
    expect(findLeaks(error, [SECRET])).toEqual([])
  })
}
