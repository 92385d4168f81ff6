import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { runOnce } from '../src/once/run.ts'
import { closeVendors, openVendors } from '../src/vendors/open.ts'
import { recordingTerminal } from './support/terminal.ts'

const FLUME = { clientId: 'id', clientSecret: 'canary-1', username: 'robin@example.com', password: 'canary-2' }
const AIRTHINGS = { clientId: 'id', clientSecret: 'canary-3' }

/** A JWT with `user_id` 7, as Flume's are. */
const FLUME_TOKEN = `e30.${btoa('{"user_id":7}')}.c2ln`

const FLUME_ANSWERS = {
  'POST https://api.flumewater.com/oauth/token': {
    data: [{ token_type: 'bearer', access_token: FLUME_TOKEN, expires_in: 604_800, refresh_token: 'canary-4' }],
  },
  'GET https://api.flumewater.com/users/7/devices?location=true': {
    data: [
      { id: '1', type: 1, location: { name: 'Home', tz: 'Pacific/Kiritimati' } },
      { id: '2', type: 2, location: { name: 'Home', tz: 'Pacific/Kiritimati' } },
    ],
  },
  'POST https://api.flumewater.com/users/7/devices/2/query': { data: [{ today: [{ value: 12.34 }] }] },
}

const TOKEN = { access_token: 'canary-5', token_type: 'Bearer', expires_in: 10_800 }

const CONSUMER_ANSWERS = {
  'POST https://accounts-api.airthings.com/v1/token': TOKEN,
  'GET https://consumer-api.airthings.com/v1/accounts': { accounts: [{ id: 'a' }] },
  'GET https://consumer-api.airthings.com/v1/accounts/a/devices': { devices: [{ serialNumber: '1', name: 'Attic' }] },
  'GET https://consumer-api.airthings.com/v1/accounts/a/sensors': {
    results: [{ serialNumber: '1', sensors: [{ sensorType: 'temp', value: 70, unit: 'f' }] }],
  },
}

const BUSINESS_ANSWERS = {
  'POST https://accounts-api.airthings.com/v1/token': TOKEN,
  'GET https://ext-api.airthings.com/v1/devices': {
    devices: [
      { id: '1', sensors: [] },
      { id: '2', sensors: ['co2'], segment: { name: 'Lobby' } },
    ],
  },
  'GET https://ext-api.airthings.com/v1/devices/2/latest-samples': { data: { co2: 600, temp: 20.5 } },
}

/** The vendors' hosts as they answer; the test fails on a request to anything else. */
function answer(answers: Readonly<Record<string, object>>) {
  const sent: { readonly request: string; readonly body: string }[] = []
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    const name = `${request.method} ${request.url}`
    sent.push({ request: name, body: await request.text() })
    return answers[name] ? Response.json(answers[name]) : expect.fail(`unexpected request: ${name}`)
  })
  return sent
}

async function run(accounts: Parameters<typeof openVendors>[0]) {
  const vendors = await openVendors(accounts)
  onTestFinished(() => closeVendors(vendors))
  const { terminal, printed, warned } = recordingTerminal()
  const live = vendors.filter(({ source }) => source === 'live')
  return { code: await runOnce(live, terminal), printed: printed(), warned: warned() }
}

describe('a live vendor is read once, and nothing else is done to it', () => {
  test('Flume', async () => {
    const sent = answer(FLUME_ANSWERS)
    const { code, printed } = await run({ flume: FLUME })
    expect(code).toBe(0)
    expect(printed.split('\n')).toEqual([
      'Vendor        Client  Requests  Token calls  Refreshes  Replays  Failures  Read',
      'Flume (live)  fetch          2            1          0        0         0  Home: 12.3 litres today',
    ])
    expect(sent.map(({ request }) => request)).toEqual(Object.keys(FLUME_ANSWERS))
    expect(printed).not.toMatch(/canary/)
  })

  test('Flume: today begins where the sensor is', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12), toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const sent = answer(FLUME_ANSWERS)
    await run({ flume: FLUME })
    expect(sent.at(-1)?.body).toContain('"since_datetime":"2026-11-23 00:00:00"')
  })

  test('Airthings, consumer API', async () => {
    const sent = answer(CONSUMER_ANSWERS)
    const { code, printed } = await run({ airthings: { ...AIRTHINGS, api: 'consumer' } })
    expect(code).toBe(0)
    expect(printed).toMatch(/^Airthings \(live\) +ky +3 +1 +0 +0 +0 {2}Attic: 70 °F$/m)
    expect(sent.map(({ request }) => request)).toEqual(Object.keys(CONSUMER_ANSWERS))
    expect(printed).not.toMatch(/canary/)
  })

  test('Airthings, business API', async () => {
    const sent = answer(BUSINESS_ANSWERS)
    const { code, printed } = await run({ airthings: { ...AIRTHINGS, api: 'business' } })
    expect(code).toBe(0)
    expect(printed).toMatch(/^Airthings \(live\) +ky +2 +1 +0 +0 +0 {2}Lobby: CO₂ 600 ppm, 20\.5 °C$/m)
    expect(sent.map(({ request }) => request)).toEqual(Object.keys(BUSINESS_ANSWERS))
  })

  test('Bluesonde: what its API answers is not published, so its lists are counted', async () => {
    const sent = answer({ 'GET https://api.example.com/v2/buoys': { buoys: [{}, {}, {}], page: 1 } })
    const { code, printed } = await run({
      bluesonde: { apiKey: 'canary-6', baseUrl: 'https://api.example.com', path: '/v2/buoys' },
    })
    expect(code).toBe(0)
    expect(printed).toMatch(/^Bluesonde \(live\) +axios +1 +0 +0 +0 +0 {2}3 buoys$/m)
    expect(sent.map(({ request }) => request)).toEqual(['GET https://api.example.com/v2/buoys'])
    expect(printed).not.toMatch(/canary/)
  })

  test.each([
    [[1, 2], '2 entries'],
    [{ status: 'ok' }, 'an answer without a list'],
  ])('m2m: neither is this; %j is "%s"', async (body, reading) => {
    const answers = { 'POST https://api.example.com/oauth/v2/token': TOKEN, 'GET https://api.example.com/ping': body }
    const sent = answer(answers)
    const { code, printed } = await run({
      m2m: { baseUrl: 'https://api.example.com', clientId: 'id', clientSecret: 'canary-7', path: '/ping' },
    })
    expect(code).toBe(0)
    expect(printed).toMatch(new RegExp(`^m2m \\(live\\) +fetch +1 +1 +0 +0 +0 {2}${reading}$`, 'm'))
    expect(sent.map(({ request }) => request)).toEqual(Object.keys(answers))
    expect(printed).not.toMatch(/canary/)
  })

  test('Flowlu, with a key and as an administrator', async () => {
    const lists = ['task/tasks/list?filter[status]=3&limit=1', 'crm/lead/list?filter[active]=1&limit=5']
    const urls = lists.map((list) => `GET https://acme.flowlu.com/api/v1/module/${list}`)
    const totals = { response: { total_result: 12 } }
    const withKey = Object.fromEntries(urls.map((url) => [`${url}&api_key=canary-8`, totals]))
    const withToken = {
      'POST https://login.example.com/token': { access_token: 'canary-9', token_type: 'bearer' },
      ...Object.fromEntries(urls.map((url) => [url, totals])),
    }
    const sent = answer({ ...withKey, ...withToken })
    const user = { tokenUrl: 'https://login.example.com/token', clientId: 'id', username: 'r', password: 'canary-10' }
    const { code, printed } = await run({
      flowluKey: { company: 'acme', apiKey: 'canary-8' },
      flowluUser: { company: 'acme', ...user },
    })
    expect(code).toBe(0)
    const reading = 'in progress: opportunities 12, tasks 12'
    expect(printed).toMatch(new RegExp(`^Flowlu \\(live\\) +axios +2 +0 +0 +0 +0 {2}${reading}$`, 'm'))
    expect(printed).toMatch(new RegExp(`^Flowlu OAuth \\(live\\) +fetch +2 +1 +0 +0 +0 {2}${reading}$`, 'm'))
    const requests = [...Object.keys(withKey), ...Object.keys(withToken)]
    expect(sent.map(({ request }) => request).toSorted()).toEqual(requests.toSorted())
    expect(printed).not.toMatch(/canary/)
  })

  test('Flowlu: an error with status 200 fails the run', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ error: { error_code: 22, error_msg: 'canary' } }))
    const { code, warned } = await run({ flowluKey: { company: 'acme', apiKey: 'canary-8' } })
    expect(code).toBe(1)
    expect(warned).toMatch(/^Failed: Flowlu: "total_result" in "response" in the answer to .* is not a number$/)
    expect(warned).not.toMatch(/canary/)
  })

  test('an account that the vendor refuses fails the run, without its secrets', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ message: 'invalid_client', success: false }, { status: 400 }))
    const { code, warned } = await run({ flume: FLUME })
    expect(code).toBe(1)
    expect(warned).toMatch(/^Failed: Flume: client_rejected: /)
    expect(warned).not.toMatch(/canary/)
  })
})
