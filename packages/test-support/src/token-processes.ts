import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { TokenStore } from '@valetkey/core'
import { expect } from 'vitest'
import { acmeCredential } from './acme-credential.ts'
import { killProcess } from './processes.ts'
import { startRotatingVendor } from './rotating-vendor.ts'
import { until } from './until.ts'

const PROCESSES = 4
const ROUNDS = 10

export interface TokenProcesses {
  /** Starts a process that calls `useToken`. */
  start(index: number, vendorUrl: string): ChildProcess
  /** How many of them hear of a change. @default as many as have told that they wait */
  listening?(): Promise<number>
}

/** Four processes have one token, which is refused to all of them again and again: each time one refreshes, the others hear. */
export async function expectOneRefreshForEachRefusal({ start, listening }: TokenProcesses): Promise<void> {
  const waiting = new Set<ChildProcess>()
  let expectedToWait = 0
  const vendor = await startRotatingVendor(async () => {
    const count = listening ?? (async () => waiting.size)
    await until('the other processes wait', async () => (await count()) >= expectedToWait)
    waiting.clear()
  })
  const children = Array.from({ length: PROCESSES }, (_, index) => start(index, vendor.url))
  await Promise.all(children.map((child) => once(child, 'message')))
  for (const child of children) child.on('message', (message) => message === 'waiting' && waiting.add(child))
  expectedToWait = PROCESSES - 1
  const tokensOf = (isRefused: boolean) => Promise.all(children.map((child) => ask(child, isRefused)))
  expect(await tokensOf(false)).toEqual(children.map(() => 'access-1'))
  for (let round = 2; round <= ROUNDS; round += 1) {
    expect(await tokensOf(true)).toEqual(children.map(() => `access-${round}`))
  }
  expect(vendor.counts()).toEqual({ calls: ROUNDS, reuses: 0 })
  await Promise.all(children.map(killProcess))
  await vendor.close()
}

/** What a refresh costs: one read and two writes; a fresh token costs none. */
export async function expectFewStoreCalls(store: TokenStore): Promise<void> {
  const vendor = await startRotatingVendor()
  const counted = countCalls(store)
  const credential = acmeCredential(vendor.url, { store: counted.store })
  const first = await credential.authorization()
  expect(counted.calls.splice(0)).toEqual(['get', 'compareAndSet', 'compareAndSet'])
  await credential.renew(first)
  expect(counted.calls.splice(0)).toEqual(['get', 'compareAndSet', 'compareAndSet'])
  for (let use = 0; use < 100; use += 1) await credential.authorization()
  expect(counted.calls).toEqual([])
  await vendor.close()
}

function ask(child: ChildProcess, isRefused: boolean): Promise<unknown> {
  child.send(isRefused)
  return new Promise((resolve) => {
    const onMessage = (message: unknown): void => {
      if (message === 'waiting') return
      child.off('message', onMessage)
      resolve(message)
    }
    child.on('message', onMessage)
  })
}

function countCalls(store: TokenStore): { readonly store: TokenStore; readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    store: {
      ...store,
      get(key) {
        calls.push('get')
        return store.get(key)
      },
      compareAndSet(...write) {
        calls.push('compareAndSet')
        return store.compareAndSet(...write)
      },
    },
  }
}
