import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { OnceReport } from '../src/once/report.ts'
import { runOnce } from '../src/once/run.ts'
import { recordingTerminal } from './support/terminal.ts'
import { secretsSent, simulatedVendors } from './support/vendors.ts'

describe('one run over all simulated vendors', () => {
  test('prints what each vendor was asked, what that cost and what was read', async () => {
    const { vendors } = await simulatedVendors()
    const { terminal, printed, warned } = recordingTerminal()
    expect(await runOnce(vendors, terminal)).toBe(0)
    expect(warned()).toBe('')
    const rows = printed().split('\n')
    expect(rows).toContain(
      'Vendor                    Client  Requests  Token calls  Refreshes  Replays  Failures  Read',
    )
    expect(rows).toContainEqual(
      expect.stringMatching(/^Flume \(simulator\) +fetch +206 +4 +3 +1 +0 {2}\d+\.\d litres today$/),
    )
    expect(rows).toContain(
      'Airthings (simulator)     ky           209            4          3        1         0  Living room: CO₂ 742 ppm, 21.4 °C',
    )
    expect(rows.map((row) => row.trim())).toContain('Basement: CO₂ 518 ppm, 16.5 °C')
    expect(rows).toContain(
      'Bluesonde (simulator)     axios        206            0          0        1         0  Harbour mouth: waves 0.4 m, water 11.8 °C',
    )
    expect(rows).toContain(
      'm2m (simulator)           fetch        203            4          3        1         0  3 items',
    )
    expect(rows).toContain(
      'Flowlu (simulator)        axios        204            0          0        1         0  in progress: opportunities 3, tasks 1',
    )
    expect(rows).toContain(
      'Flowlu OAuth (simulator)  fetch        204            3          2      201         0  in progress: opportunities 3, tasks 1',
    )
  })

  test('shows that 200 requests at once over an expired token cost one token call', async () => {
    const { vendors } = await simulatedVendors()
    const { terminal, printed } = recordingTerminal()
    await runOnce(vendors, terminal)
    const bursts = printed().match(/^\w+ +token expired, 200 requests at once.*$/gm)
    expect(bursts?.map((row) => row.split(/ {2,}/).slice(2))).toEqual([
      ['200', '1', '1', '0', '0'],
      ['200', '1', '1', '0', '0'],
      ['200', '1', '1', '0', '0'],
    ])
  })

  test('shows that a key costs no token call, and that one request was sent again when it was replaced', async () => {
    const { vendors } = await simulatedVendors()
    const { terminal, printed } = recordingTerminal()
    await runOnce(vendors, terminal)
    for (const [vendor, requests] of [
      ['Bluesonde', '3'],
      ['Flowlu', '2'],
    ]) {
      const steps = printed().match(new RegExp(`^${vendor} {2}.*$`, 'gm'))
      expect(steps?.map((row) => row.split(/ {2,}/).slice(1))).toEqual([
        ['first use', requests, '0', '0', '0', '0'],
        ['key replaced by its owner', requests, '0', '0', '1', '0'],
        ['200 requests at once', '200', '0', '0', '0', '0'],
      ])
    }
  })

  test('shows that 200 requests whose token ended unannounced cost one token call and a replay each, and says how to read that', async () => {
    const { vendors } = await simulatedVendors()
    const { terminal, printed } = recordingTerminal()
    await runOnce(vendors, terminal)
    const steps = printed().match(/^Flowlu OAuth {2}.*$/gm)
    expect(steps?.map((row) => row.split(/ {2,}/).slice(1))).toEqual([
      ['first use', '2', '1', '0', '0', '0'],
      ['token ended unannounced', '2', '1', '1', '1', '0'],
      ['token ended unannounced, 200 requests at once', '200', '1', '1', '200', '0'],
    ])
    const [, explanation = ''] = printed().split('\n\ntoken ended unannounced, 200 requests at once\n')
    expect(explanation.replace(/\s+/g, ' ')).toContain(
      'the API refused all of them. One token call got a new token and each request was replayed once with it: 200 replays, and the program saw 200 good answers.',
    )
    expect(printed()).toContain('A replay is a request that the API refused and that was sent again')
    expect(printed().match(/^token revoked by the vendor$/gm)).toHaveLength(1)
  })

  test('prints the same without colours and with them: failures are green while there is none', async () => {
    const { vendors } = await simulatedVendors()
    const { terminal, printed } = recordingTerminal(true)
    await runOnce(vendors, terminal)
    expect(printed()).toContain('\u001b[32m       0\u001b[39m')
    const plain = stripVTControlCharacters(printed())
    expect(plain).toMatch(/^m2m \(simulator\) +fetch +203 +4 +3 +1 +0 {2}3 items *$/m)
    expect(plain).toContain('\n\ntoken revoked by the vendor\n')
  })

  test('prints one JSON object instead when it is asked for one, and no secret in it', async () => {
    const { vendors, simulators } = await simulatedVendors()
    const { terminal, printed, warned } = recordingTerminal(true)
    expect(await runOnce(vendors, terminal, { asJson: true })).toBe(0)
    const report: OnceReport = JSON.parse(printed())
    expect(Object.keys(report)).toEqual(['ok', 'totals', 'vendors'])
    expect([report.ok, warned()]).toEqual([true, ''])
    expect(report.totals).toEqual({ requests: 1232, tokenCalls: 15, refreshes: 11, replays: 206, failures: 0 })
    expect(report.vendors.map(({ name }) => name)).toEqual(vendors.map(({ name }) => name))
    const burst = 'token ended unannounced, 200 requests at once'
    expect(report.vendors.at(-1)).toMatchObject({
      name: 'Flowlu OAuth',
      source: 'simulator',
      client: 'fetch',
      requests: 204,
      reading: ['in progress: opportunities 3, tasks 1'],
      steps: [{}, {}, { name: burst, requests: 200, tokenCalls: 1, refreshes: 1, replays: 200, failures: 0 }],
      problems: [],
    })
    expect(simulators.flatMap(secretsSent).filter((secret) => printed().includes(secret))).toEqual([])
  })

  test('counts what the vendors have counted', async () => {
    const { vendors, simulators } = await simulatedVendors()
    await runOnce(vendors, recordingTerminal().terminal)
    const counted = vendors.map((vendor) => vendor.figures())
    expect(counted.map(({ tokenCalls }) => tokenCalls)).toEqual(simulators.map((simulator) => simulator.tokenCalls()))
    const sent = counted.map(({ requests, replays }) => requests + replays)
    expect(sent).toEqual(simulators.map((simulator) => simulator.apiCalls()))
    const refused = simulators.map(({ requests }) => requests.filter(({ status }) => status === 401).length)
    // Flowlu refuses with status 200.
    expect(refused.slice(-2)).toEqual([0, 0])
    expect(counted.slice(0, -2).map(({ replays }) => replays)).toEqual(refused.slice(0, -2))
  })

  test('prints no secret', async () => {
    const { vendors, simulators } = await simulatedVendors()
    const { terminal, printed } = recordingTerminal()
    await runOnce(vendors, terminal)
    const secrets = simulators.flatMap(secretsSent)
    expect(secrets.length).toBeGreaterThan(15)
    expect(secrets.filter((secret) => printed().includes(secret))).toEqual([])
  })
})

describe('a run in which a vendor fails', () => {
  test('fails and says why when the API refuses good tokens; the other vendor’s row is complete', async () => {
    const { vendors, airthings } = await simulatedVendors()
    airthings.outage(true)
    const { terminal, printed, warned } = recordingTerminal()
    expect(await runOnce(vendors, terminal)).toBe(1)
    expect(warned()).toBe('Failed: Airthings, first use: the request for "accounts" was answered with HTTP 401')
    expect(printed()).toMatch(/^Airthings \(simulator\) +ky +1 +2 +1 +2 +1 {2}-$/m)
    expect(printed()).toMatch(/^Flume \(simulator\) +fetch +206 +4 +3 +1 +0 {2}/m)
  })

  test('is told as JSON as well, with what went wrong at which vendor', async () => {
    const { vendors, airthings } = await simulatedVendors()
    airthings.outage(true)
    const { terminal, printed } = recordingTerminal()
    expect(await runOnce(vendors, terminal, { asJson: true })).toBe(1)
    const report: OnceReport = JSON.parse(printed())
    expect(report.ok).toBe(false)
    expect(report.vendors.filter(({ problems }) => problems.length > 0)).toMatchObject([
      { name: 'Airthings', problems: ['first use: the request for "accounts" was answered with HTTP 401'] },
    ])
  })

  test('names the credential’s error when no token is to be had', async () => {
    const { vendors, flume } = await simulatedVendors()
    flume.failNext({ on: 'token', status: 429, headers: { 'retry-after': '60' } })
    const { terminal, warned } = recordingTerminal()
    expect(await runOnce(vendors, terminal)).toBe(1)
    expect(warned()).toMatch(/^Failed: Flume, first use: token_unavailable: /)
  })

  test('fails when a step costs more token calls than it should', async () => {
    const { vendors } = await simulatedVendors()
    const wasteful = vendors.slice(0, 1).map((vendor) => ({
      ...vendor,
      figures: () => ({ ...vendor.figures(), tokenCalls: 2 * vendor.figures().tokenCalls }),
    }))
    const { terminal, warned } = recordingTerminal()
    expect(await runOnce(wasteful, terminal)).toBe(1)
    expect(warned()).toMatch(/^Failed: Flume, first use: token calls: 2 instead of 1$/m)
  })

  test('says what is wrong with an answer, without quoting it', async () => {
    const { vendors, airthings } = await simulatedVendors()
    airthings.failNext({ on: 'api', status: 200, body: { accounts: [{ id: { canary: 1 } }] } })
    const { terminal, warned } = recordingTerminal()
    expect(await runOnce(vendors, terminal)).toBe(1)
    expect(warned()).toMatch(/^Failed: Airthings, first use: "id" in "accounts" in the answer .* is not a text$/)
    expect(warned()).not.toContain('canary')
  })

  test('takes no page for an answer', async () => {
    const { vendors, airthings } = await simulatedVendors()
    airthings.failNext({ on: 'api', status: 200, body: '<h1>canary</h1>', contentType: 'text/html' })
    const { terminal, warned } = recordingTerminal()
    expect(await runOnce(vendors, terminal)).toBe(1)
    expect(warned()).toBe('Failed: Airthings, first use: the answer to the request for "accounts" is not JSON')
  })

  test('names the code of a connection that fails', async () => {
    const { vendors, airthings } = await simulatedVendors()
    airthings.dropReply({ on: 'api', times: 1 })
    const { terminal, warned } = recordingTerminal()
    expect(await runOnce(vendors, terminal)).toBe(1)
    expect(warned()).toBe('Failed: Airthings, first use: the connection failed (UND_ERR_SOCKET)')
  })
})

describe('the program', () => {
  const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

  const start = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const { PATH = '' } = process.env
    const options = { env: { PATH, ...environment } }
    return promisify(execFile)(process.execPath, ['--conditions=@valetkey/source', MAIN, ...args], options)
  }

  test('prints JSON on its standard output and nothing else', async () => {
    const { stdout, stderr } = await start(['--once', '--json'], { FORCE_COLOR: '1' })
    expect(JSON.parse(stdout)).toMatchObject({ ok: true })
    expect(stderr).toBe('')
  })

  test.each([
    ['no colours into a pipe', {}, false],
    ['colours into a pipe with FORCE_COLOR=1', { FORCE_COLOR: '1' }, true],
    ['no colours with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ])('prints %s', async (_, environment, hasColor) => {
    const { stdout } = await start(['--once'], environment)
    expect(stdout !== stripVTControlCharacters(stdout)).toBe(hasColor)
  })

  test.each([
    [['--twice'], 'unknown argument "--twice"; there are --once and --json'],
    [['--json'], '--json goes with --once: npm start --silent -- --once --json'],
  ])('does not start with %j, and says what would do', async (args, message) => {
    await expect(start(args)).rejects.toMatchObject({ code: 1, stdout: '', stderr: `${message}\n` })
  })
})
