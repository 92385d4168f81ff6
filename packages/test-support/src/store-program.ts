import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AcmeServer } from './acme-server.ts'
import { startProxy } from './flaky-proxy.ts'
import type { Readme, RunningExample } from './readme-example.ts'
import { until } from './until.ts'

const CLIENT = { ACME_CLIENT_ID: 'acme-client', ACME_CLIENT_SECRET: 'acme-secret' }

/** The program that the README of a store shows, and the server of that store. */
export interface StoreProgram {
  readonly readme: Readme
  start(): Promise<StoreServer>
  /** What tells the program where the server is. */
  environment(port: number): Readonly<Record<string, string>>
  /** An expression of the program that asks the store. */
  readonly probe: string
}

export interface StoreServer {
  readonly port: number
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Defines the tests of a program that goes on while its server does not. */
export function testInterruptions({ readme, start, environment, probe }: StoreProgram): void {
  let server: StoreServer
  let program: RunningExample | undefined
  beforeEach(async () => {
    server = await start()
  })
  afterEach(async () => {
    await program?.stop()
    await server.stop()
  })

  // Nothing is asked of the vendor.
  const run = (port: number) =>
    readme.startExample({ ...CLIENT, ACME_URL: 'http://127.0.0.1:1', ...environment(port) }, probe)
  const works = async () => (await program?.probe()) === 'fulfilled'

  test('survives a restart of the server while it is idle', async () => {
    program = await run(server.port)
    expect(await program.probe()).toBe('fulfilled')
    await server.restart()
    await until('the store answers again', works)
  })

  test('ends a connection that is lost without a word, and connects again', async () => {
    const proxy = await startProxy(server.port)
    program = await run(proxy.port)
    expect(await program.probe()).toBe('fulfilled')
    proxy.silence()
    await until('the store answers again', works)
    await proxy.close()
  })
}

/** Runs the program twice, to its end: the second finds the token that the first has left in the store. */
export async function expectOneToken(
  readme: Readme,
  acme: AcmeServer,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const variables = { ...CLIENT, ACME_URL: acme.url, ...environment }
  expect(await readme.runExample(variables)).toBe('200\n')
  expect(await readme.runExample(variables)).toBe('200\n')
  expect(acme.tokenCalls()).toBe(1)
}
