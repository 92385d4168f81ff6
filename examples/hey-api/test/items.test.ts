import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'
import { virtualClock } from '@valetkey/testing'
import { simulators } from '@valetkey/testing/simulators'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientConfig } from '../src/client-config.ts'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

/** By then all servers of an API know a token. */
const KNOWN_MS = 3_000

/** What this test uses of the generated modules. */
interface Generated {
  readonly client: { setConfig(config: { readonly baseUrl: string; readonly fetch: typeof fetch }): void }
  listItems(options?: { readonly baseUrl: string }): Promise<{ readonly data?: unknown; readonly response: Response }>
}

let folder: string
let generated: Generated

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'valetkey-hey-api-'))
  const input = join(import.meta.dirname, '../openapi.json')
  await createClient({ input, output: folder, plugins: ['@hey-api/client-fetch'], logs: { level: 'silent' } })
  const [{ client }, { listItems }] = await Promise.all([
    import(join(folder, 'client.gen.ts')),
    import(join(folder, 'sdk.gen.ts')),
  ])
  generated = { client, listItems }
})

afterAll(() => rm(folder, { recursive: true }))

test('a request of the generated client carries the token', async () => {
  await using api = await simulators.m2m(CLIENT)
  generated.client.setConfig(clientConfig({ ...api.options }))
  expect((await generated.listItems()).data).toMatchObject({ total: 3 })
  expect(api.requests.at(-1)?.headers.authorization).toMatch(/^Bearer .+/)
})

test('requests whose token the API refuses are sent again, after one refresh for all', async () => {
  const clock = virtualClock()
  await using api = await simulators.m2m({ ...CLIENT, clock })
  generated.client.setConfig(clientConfig({ ...api.options, clock }))
  const { listItems } = generated
  await listItems()
  await clock.advance(KNOWN_MS)
  api.revokeAll()
  const answers = await Promise.all([listItems(), listItems(), listItems()])
  expect(answers.map(({ response }) => response.status)).toEqual([200, 200, 200])
  expect(api.tokenCalls()).toBe(2)
})

test('another host gets no token', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using other = await simulators.m2m(CLIENT)
  generated.client.setConfig(clientConfig({ ...api.options }))
  const { response } = await generated.listItems({ baseUrl: other.baseUrl })
  expect(response.status).toBe(401)
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})
