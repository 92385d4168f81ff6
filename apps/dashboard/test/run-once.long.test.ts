import { describe, expect, test } from 'vitest'
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

  test('shows that 200 requests whose token died without a word cost one token call, and each a replay', async () => {
    const { vendors } = await simulatedVendors()
    const { terminal, printed } = recordingTerminal()
    await runOnce(vendors, terminal)
    const steps = printed().match(/^Flowlu OAuth {2}.*$/gm)
    expect(steps?.map((row) => row.split(/ {2,}/).slice(1))).toEqual([
      ['first use', '2', '1', '0', '0', '0'],
      ['token died without a word', '2', '1', '1', '1', '0'],
      ['token died, 200 requests at once', '200', '1', '1', '200', '0'],
    ])
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
