import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DURATIONS, type Durations } from '../src/live/durations.ts'
import type { DashboardState } from '../src/state.ts'
import { SetupError } from '../src/vendors/setup-error.ts'
import { readPageFiles } from '../src/web/page-files.ts'
import { announce, serve } from '../src/web/serve.ts'
import { createStateStream } from '../src/web/state-stream.ts'
import { recordingTerminal } from './support/terminal.ts'
import { secretsSent } from './support/vendors.ts'

const SECOND = { file: new URL('../src/second.ts', import.meta.url), execArgv: ['--conditions=@valetkey/source'] }

async function servePage(port = 0, durations?: Durations) {
  const served = await serve({ environment: { port }, page: await builtPage(), second: SECOND, durations })
  onTestFinished(() => served.close())
  return served
}

/** A page as the build leaves it, and next to nothing on it. */
async function builtPage(): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'assets/app.js'), 'run()')
  await writeFile(join(folder, 'index.html'), '<script type="application/json" id="state">"state"</script>')
  return pathToFileURL(`${folder}/`)
}

describe('the dashboard', () => {
  test('has read every vendor when it says where it is, and says what is real', async () => {
    const served = await servePage()
    const { terminal, printed } = recordingTerminal()
    announce(served, terminal)
    expect(printed()).toMatch(/^valetkey dashboard: http:\/\/127\.0\.0\.1:\d+ \(every vendor is simulated/)
    const { cards }: DashboardState = await (await fetch(`${served.origin}/figures.json`)).json()
    expect(cards.map(({ name, grant, client, reading }) => [name, grant, client, reading?.lines.length])).toEqual([
      ['Flume', 'password', 'fetch', 1],
      ['Airthings', 'authorization code', 'ky', 2],
      ['Bluesonde', 'authorization code', 'axios', 2],
      ['m2m', 'client credentials', 'fetch', 1],
      ['Flowlu', 'API key', 'axios', 1],
    ])
  })

  test('has its first figures in the page itself, and no secret', async () => {
    const { origin, dashboard } = await servePage()
    const page = await (await fetch(origin)).text()
    const [, json = ''] = page.match(/id="state">(.*)<\/script>/) ?? []
    const { totals }: DashboardState = JSON.parse(json)
    expect(totals.requests).toBeGreaterThan(9)
    expect(totals.failures).toBe(0)
    const secrets = dashboard.vendors.flatMap(({ simulation }) => (simulation ? secretsSent(simulation.simulator) : []))
    expect(secrets.length).toBeGreaterThan(5)
    expect(secrets.filter((secret) => page.includes(secret))).toEqual([])
  })

  test.each([
    ['REDIS_URL', { redisUrl: 'redis://:canary@127.0.0.1:1' }],
    ['DATABASE_URL', { databaseUrl: 'postgres://robin:canary@127.0.0.1:1/boats' }],
  ])('names %s when no store can be opened there, and not what is in it', async (variable, urls) => {
    const serving = serve({ environment: { port: 0, ...urls }, page: await builtPage(), second: SECOND })
    await expect(serving).rejects.toThrow(new SetupError(`${variable} is set, and no store can be opened there`))
  })

  test('asks no vendor for anything when its port is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    await expect(servePage(port)).rejects.toThrow(
      new SetupError(`port ${port} is in use by another program; set PORT to another one, e.g. PORT=${port + 1}`),
    )
  })
})

describe('the page', () => {
  test('cannot be left by what a vendor says', async () => {
    const files = await readPageFiles(await builtPage())
    const page = files.index({ reading: '</script><img src=x onerror=alert(1)> $& ' })
    expect(page).toBe(
      '<script type="application/json" id="state">{"reading":"\\u003c/script>\\u003cimg src=x onerror=alert(1)> $& "}</script>',
    )
  })

  test('runs its own scripts and no others, is in no frame, and is not kept by caches', async () => {
    const { origin } = await servePage()
    const { headers } = await fetch(origin)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    const script = await fetch(`${origin}/assets/app.js`)
    expect([await script.text(), script.headers.get('content-type')]).toEqual([
      'run()',
      'text/javascript; charset=utf-8',
    ])
    expect((await fetch(`${origin}/assets/..%2findex.html`)).status).toBe(404)
  })

  test('is not shown to a web site that made its own name point to this machine', async () => {
    const { origin } = await servePage()
    expect(await statusFor(origin, { host: 'rebound.example:4180' })).toBe(421)
    expect(await statusFor(origin, { host: `localhost:${new URL(origin).port}` })).toBe(302)
  })

  test('has buttons that no other site can press', async () => {
    const { origin, dashboard } = await servePage()
    const press = async (headers: Record<string, string>) => {
      const answer = await fetch(`${origin}/cards/flume/actions/revoke-token`, { method: 'POST', headers })
      return answer.status
    }
    expect(await press({})).toBe(403)
    expect(await press({ origin: 'https://evil.example' })).toBe(403)
    expect(await press({ origin: 'null' })).toBe(403)
    expect(await press({ origin, 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(dashboard.card('flume')?.vendor.figures().replays).toBe(0)
    expect(await press({ origin, 'sec-fetch-site': 'same-origin' })).toBe(204)
    expect(dashboard.card('flume')?.vendor.figures().replays).toBeGreaterThan(0)
  })

  test('says so when there is no such card or button', async () => {
    const { origin } = await servePage()
    const statuses = await Promise.all(
      [
        'cards/unknown/actions/expire',
        'cards/flowlu/actions/expire',
        'cards/flume/actions/constructor',
        'actions/constructor',
        'cards/flume/sign-in',
      ].map(async (path) => (await fetch(`${origin}/${path}`, { method: 'POST', headers: { origin } })).status),
    )
    expect(statuses).toEqual([404, 409, 409, 409, 404])
  })

  test('is told what happens while it looks on, by 24 pages at most; one that falls behind is cut off', async () => {
    const changes = new Set<() => void>()
    const big = { text: 'x'.repeat(600_000) }
    const stream = createStateStream({
      state: () => big as unknown as DashboardState,
      onChange(listener) {
        changes.add(listener)
        return () => changes.delete(listener)
      },
    })
    const first = stream.open('browser 0')
    expect(first).toBeDefined()
    const others = Array.from({ length: 24 }, (_, index) => stream.open(`browser ${index % 6}`))
    expect(others.filter((other) => other === undefined)).toHaveLength(1)
    // Nobody has read the first state yet: there is no room for more.
    for (const change of changes) change()
    const chunks: number[] = []
    for await (const chunk of first ?? []) chunks.push(chunk.length)
    expect(chunks).toHaveLength(1)
    expect(stream.open()).toBeDefined()
    stream.close()
    expect(changes.size).toBe(0)
  })
})

describe('the streams of the page', () => {
  const fromOtherSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }

  const OTHERS = [
    ['an EventSource', { ...fromOtherSite, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['an EventSource of an older browser', { origin: 'https://evil.example' }],
    ['an EventSource of a sandboxed frame', { origin: 'null' }],
    ['a picture', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a window', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['a name that points to this machine', { host: 'rebound.example:4180' }],
  ] as const

  test('are refused to other sites, which can hold none of them', async () => {
    const { origin } = await servePage()
    for (const [what, headers] of OTHERS) {
      const statuses = await Promise.all(Array.from({ length: 30 }, () => statusFor(`${origin}/events`, headers)))
      expect([what, ...new Set(statuses)]).toEqual([what, 'host' in headers ? 421 : 403])
    }
    expect(await statusFor(`${origin}/events`, { 'sec-fetch-site': 'same-origin' })).toBe(200)
  })

  test('are five for one browser at most, and no browser waits for another', async () => {
    const { origin } = await servePage()
    const browser = async () => (await fetch(origin)).headers.get('set-cookie')?.split(';')[0] ?? ''
    const [first, second] = [await browser(), await browser()]
    const open = (cookie: string) => statusFor(`${origin}/events`, { cookie })
    const all = (cookie: string) => Promise.all(Array.from({ length: 6 }, () => open(cookie)))
    for (const cookie of [first, second, '']) {
      expect((await all(cookie)).filter((status) => status === 503)).toHaveLength(1)
    }
    const cookie = { headers: { cookie: first } }
    expect((await fetch(origin, cookie)).headers.get('set-cookie')).toBeNull()
  })

  test('and its other parts are not for other sites, which may lead people to the page itself', async () => {
    const { origin } = await servePage()
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    const frame = { ...link, 'sec-fetch-dest': 'iframe' }
    const paths = ['/', '/figures.json', '/assets/app.js']
    const statuses = (headers: Record<string, string>) =>
      Promise.all(paths.map((path) => statusFor(origin + path, headers)))
    expect(await statuses(link)).toEqual([200, 403, 403])
    expect(await statuses(frame)).toEqual([403, 403, 403])
    expect(await statuses({ 'sec-fetch-site': 'none' })).toEqual([200, 200, 200])
  })
})

describe('the callback of a sign-in', () => {
  /** Nothing is read but at the start. */
  const RESTING = { ...DURATIONS, pollMs: 1_000_000_000 }

  async function serveAirthings() {
    const served = await servePage(0, RESTING)
    const { origin, dashboard } = served
    const simulation = dashboard.card('airthings')?.vendor.simulation
    if (!simulation?.approve) throw new TypeError('Airthings is not simulated')
    const { simulator, approve } = simulation
    return {
      served,
      simulator,
      signIns: () => simulator.tokenCalls('authorization_code') - 1,
      lines: () => dashboard.state().timeline.map(({ text }) => text),
      /** Begins a sign-in and allows it. */
      async begin() {
        const began = await fetch(`${origin}/cards/airthings/sign-in`, { method: 'POST', headers: { origin } })
        const { url }: { url: string } = await began.json()
        const [cookie = ''] = began.headers.get('set-cookie')?.split(';') ?? []
        return { cookie, callback: approve(new URL(url)).href }
      },
      async come(callback: string, cookie = '') {
        const answer = await fetch(callback, { redirect: 'manual', headers: { cookie } })
        return [answer.status, answer.headers.get('location')]
      },
    }
  }

  test('without its cookie reads nothing from the vendor, and signs nobody in', async () => {
    const quiet = await serveAirthings()
    await quiet.served.close()
    const { served, simulator, signIns, begin, come, lines } = await serveAirthings()
    const [mine, other] = [await begin(), await begin()]
    const url = new URL(mine.callback)
    const forged = `${url.origin + url.pathname}?code=x&state=forged`
    for (const [callback, cookie] of [
      [mine.callback, ''],
      [mine.callback, other.cookie],
      [forged, ''],
      [forged, mine.cookie],
    ] as const) {
      const answers = await Promise.all(Array.from({ length: 25 }, () => come(callback, cookie)))
      expect(answers).toEqual(answers.map(() => [303, `${served.origin}/`]))
    }
    expect(signIns()).toBe(0)
    expect(lines()).toContain('sign-in failed: it was not begun in this browser')
    await served.close()
    expect(simulator.requests).toHaveLength(quiet.simulator.requests.length)
  })

  test('signs in after a forged one, and from each of two tabs', async () => {
    const { begin, come, signIns, lines } = await serveAirthings()
    const [one, two] = [await begin(), await begin()]
    const cookies = `${one.cookie}; ${two.cookie}`
    const url = new URL(one.callback)
    await come(`${url.origin + url.pathname}?code=x&state=forged`, cookies)
    await come(two.callback, cookies)
    await come(one.callback, cookies)
    expect(signIns()).toBe(2)
    expect(lines()).toContain('you signed in')
  })

  test('may be opened again after an outage of the vendor, and not after it has signed in', async () => {
    const { begin, come, simulator, signIns, lines } = await serveAirthings()
    const { callback, cookie } = await begin()
    simulator.failNext({ on: 'token', status: 503 })
    await come(callback, cookie)
    expect(lines()[0]).toBe('sign-in failed: the vendor cannot be asked now')
    await come(callback, cookie)
    expect([signIns(), lines()]).toEqual([2, expect.arrayContaining(['you signed in'])])
    await come(callback, cookie)
    expect(signIns()).toBe(2)
  })

  test('is refused to pictures and frames of another site', async () => {
    const { begin, simulator, served, signIns } = await serveAirthings()
    const { callback, cookie } = await begin()
    for (const dest of ['image', 'iframe', 'empty']) {
      const headers = { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': dest }
      expect(await statusFor(callback, headers)).toBe(403)
    }
    expect(signIns()).toBe(0)
    const vendor = { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }
    expect(await statusFor(callback, vendor)).toBe(303)
    expect([signIns(), simulator.tokenCalls()]).toEqual([1, 2])
    expect(served.dashboard.card('airthings')?.token.state().state).toBe('ready')
  })
})

/** `fetch` sets the host by itself. */
function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', reject).end()
  })
}
