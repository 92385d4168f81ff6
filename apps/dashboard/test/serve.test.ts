import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Figures } from '../src/figures.ts'
import { serve } from '../src/run.ts'
import { createApp } from '../src/server.ts'
import { SetupError } from '../src/setup-error.ts'
import { recordingTerminal } from './support/terminal.ts'
import { secretsSent, simulatedVendors } from './support/vendors.ts'

const AT_ONCE = { simulator: 1, live: 1 }

describe('the dashboard', () => {
  test('serves the figures of the run, reads on, and ends when it is told to', async () => {
    const { vendors, simulators } = await simulatedVendors()
    const { terminal, printed, waitFor } = recordingTerminal()
    const end = new AbortController()
    const ended = serve(vendors, terminal, { port: 0, signal: end.signal, intervals: AT_ONCE })
    const url = await waitFor(/(http:\S+)/)
    await Promise.all(simulators.map((simulator) => simulator.waitForRequests('api', simulator.apiCalls() + 8)))

    const page = await (await fetch(url)).text()
    const json = await (await fetch(`${url}/figures.json`)).text()
    end.abort()
    await ended

    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(printed()).toContain('Flume (simulator)')
    expect(page).toContain('<th scope="row">Flume</th><td>simulator</td>')
    expect(page).toContain('<li>Living room: CO₂ 742 ppm, 21.4 °C</li>')
    const { vendors: figures }: { vendors: Figures[] } = JSON.parse(json)
    expect(figures.map(({ vendor, failures }) => [vendor, failures])).toEqual([
      ['Flume', 0],
      ['Airthings', 0],
      ['Bluesonde', 0],
      ['m2m', 0],
      ['Flowlu', 0],
      ['Flowlu OAuth', 0],
    ])
    expect(Math.min(...figures.map(({ requests }) => requests))).toBeGreaterThan(209)
    const secrets = simulators.flatMap(secretsSent)
    expect(secrets.filter((secret) => page.includes(secret) || json.includes(secret))).toEqual([])
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('goes on when a vendor fails, and says so on the page', async () => {
    const { vendors, airthings } = await simulatedVendors()
    airthings.outage(true)
    const { terminal, warned, waitFor } = recordingTerminal()
    const end = new AbortController()
    const ended = serve(vendors, terminal, { port: 0, signal: end.signal, intervals: AT_ONCE })
    const url = await waitFor(/(http:\S+)/)
    const page = await (await fetch(url)).text()
    end.abort()
    await ended
    expect(warned()).toContain('Failed: Airthings, first use')
    expect(page).toContain('<strong>Failed:</strong> the request for &quot;accounts&quot; was answered with HTTP 401')
  })

  test('asks no vendor for anything when its port is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const { vendors, flume } = await simulatedVendors()
    const started = serve(vendors, recordingTerminal().terminal, { port, signal: new AbortController().signal })
    await expect(started).rejects.toThrow(
      new SetupError(`port ${port} is in use by another program; set PORT to another one, e.g. PORT=${port + 1}`),
    )
    expect(flume.requests).toEqual([])
  })
})

describe('the page', () => {
  const hostile: Figures = {
    vendor: 'Flume',
    source: 'live',
    client: 'fetch',
    requests: 1,
    tokenCalls: 1,
    refreshes: 0,
    replays: 0,
    failures: 1,
    reading: ['<img src=x onerror=alert(1)>: 3 litres'],
    problem: '"><script>alert(2)</script>',
  }
  const app = createApp(() => [hostile])

  test('escapes what a vendor says', async () => {
    const page = await (await app.request('http://127.0.0.1:4180/')).text()
    expect(page).toContain('<li>&lt;img src=x onerror=alert(1)&gt;: 3 litres</li>')
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(2)&lt;/script&gt;')
    expect(page).not.toMatch(/<(img|script)/)
  })

  test('may run no script and is not kept by caches', async () => {
    const { headers } = await app.request('http://127.0.0.1:4180/')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'")
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('refreshes by itself until its reader stops that', async () => {
    const refreshing = await (await app.request('http://localhost:4180/')).text()
    expect(refreshing).toContain('<meta http-equiv="refresh" content="3">')
    expect(refreshing).toContain('<a href="/?refresh=off">Stop refreshing</a>')
    const stopped = await (await app.request('http://localhost:4180/?refresh=off')).text()
    expect(stopped).not.toContain('http-equiv')
    expect(stopped).toContain('<a href="/">Refresh by itself</a>')
  })

  test('is not shown to a web site that made its own name point to this machine', async () => {
    const answers = await Promise.all(
      ['/', '/figures.json'].map((path) => app.request(`http://rebound.example:4180${path}`)),
    )
    expect(answers.map(({ status }) => status)).toEqual([421, 421])
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['Unknown host', 'Unknown host'])
  })
})
