import type { TokenStore } from '../../src/store.ts'
import type { Clock } from '../../src/time.ts'
import type { TokenCredential } from '../../src/token-credential.ts'
import { createTokenCredential } from '../../src/tokens/create.ts'
import { GrantError, type TokenSet } from '../../src/tokens/grant.ts'
import type { Chance } from './scheduler.ts'
import type { SimulatedWorld } from './world.ts'

const SKEW_MS = 120_000

/** One process with the real core code in it. All that it waits for comes late while it is paused, and never once it crashed. */
export interface SimulatedProcess {
  readonly credential: TokenCredential
  readonly clock: Clock
  /** Asks the API with an access token. */
  ask(accessToken: string): Promise<boolean>
  pausedUntil(): number
  pauseFor(ms: number): void
  crash(): void
  /** Whether it wrote this lease. */
  owns(lease: string): boolean
}

export function startProcess(world: SimulatedWorld): SimulatedProcess {
  const { chance, scheduler } = world
  let isAlive = true
  let pausedUntil = 0
  const leases = new Set<string>()

  const deliver = (happen: () => void): void => {
    if (!isAlive) return
    const leftMs = pausedUntil - scheduler.now()
    if (leftMs > 0) scheduler.at(leftMs + chance.random(), () => deliver(happen))
    else happen()
  }
  const later = (delayMs: number, happen: () => void): void => scheduler.at(delayMs, () => deliver(happen))
  const clock = skewedClock(world, later)
  const noteClaim = (value: string): void => {
    const owner: unknown = JSON.parse(value).claim?.owner
    if (typeof owner === 'string') leases.add(owner)
  }
  const grant = { refresh: (refreshToken: string) => requestTokens(world, later, refreshToken) }
  const definition = { vendor: 'sim', origins: ['https://sim.example'], identity: [], grant }
  return {
    clock,
    credential: createTokenCredential(definition, {
      store: remoteStore(world, later, noteClaim),
      clock,
      maxWaitMs: 90_000,
    }),
    ask: (accessToken) =>
      new Promise((resolve) => {
        scheduler.at(chance.between(5, 40), () => {
          const isGood = world.accepts(Number(accessToken))
          later(5, () => resolve(isGood))
        })
      }),
    pausedUntil: () => pausedUntil,
    pauseFor(ms) {
      pausedUntil = scheduler.now() + ms
    },
    crash() {
      isAlive = false
    },
    owns: (lease) => leases.has(lease),
  }
}

type Later = (delayMs: number, happen: () => void) => void

function skewedClock({ chance, scheduler, wall }: SimulatedWorld, later: Later): Clock {
  const skew = chance.between(-SKEW_MS, SKEW_MS)
  return {
    now: () => wall() + skew,
    monotonic: scheduler.now,
    random: chance.random,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        signal?.addEventListener('abort', () => resolve(), { once: true })
        later(ms, resolve)
      }),
  }
}

function remoteStore(world: SimulatedWorld, later: Later, noteClaim: (value: string) => void): TokenStore {
  const { chance, scheduler, store, faults } = world
  const call = <T>(serve: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      scheduler.at(chance.between(0.5, 4), () => {
        const answerMs = chance.between(0.5, 4)
        if (store.isDown()) return later(answerMs + 50, () => reject(new Error('connection refused')))
        const served = serve()
        const isUnknown = faults.store === true && chance.happens(0.002)
        later(answerMs, () => (isUnknown ? reject(new Error('timed out')) : resolve(served)))
      })
    })
  return {
    specVersion: 'v1',
    get: () => call(store.read),
    compareAndSet: (_key, expected, value, options) =>
      call(() => {
        const written = store.write(expected, value, options?.isExtension)
        if (written.ok) noteClaim(value)
        return written
      }),
    ...(faults.tells ? { waitForChange: toldOfChanges(world, later) } : {}),
  }
}

/** Listens, and looks once it does. */
function toldOfChanges(
  { chance, faults, scheduler, store }: SimulatedWorld,
  later: Later,
): NonNullable<TokenStore['waitForChange']> {
  const isLost = () => faults.tells === 'some' && chance.happens(1 / 3)
  return (_key, version, { timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      if (isLost()) return later(chance.between(0.5, 4), () => reject(new Error('not connected')))
      const end = (told?: 'extended'): void => {
        store.listeners.delete(hear)
        resolve(told)
      }
      const hear = (isExtension: boolean): void => {
        if (!isLost()) later(chance.between(0.5, 4), () => end(isExtension ? 'extended' : undefined))
      }
      store.listeners.add(hear)
      signal?.addEventListener('abort', () => end(), { once: true })
      later(timeoutMs, end)
      scheduler.at(chance.between(0.5, 4), () => {
        if (store.read().version !== version) later(chance.between(0.5, 4), end)
      })
    })
}

function requestTokens(world: SimulatedWorld, later: Later, refreshToken: string): Promise<TokenSet> {
  const { chance, faults, scheduler } = world
  const isLost = () => faults.loss === true && chance.happens(0.03)
  const latencyMs = latency(world)
  return new Promise((resolve, reject) => {
    const noAnswer = () =>
      later(chance.between(20, 200), () => reject(new GrantError({ kind: 'token_unavailable', sent: true })))
    if (isLost()) return noAnswer()
    scheduler.at(latencyMs * chance.between(0.2, 0.8), () => {
      const isRefused = world.tokenEndpoint.isDown()
      const given = isRefused ? undefined : world.refresh(Number(refreshToken))
      if (isLost()) return noAnswer()
      if (isRefused) return later(latencyMs * 0.3, () => reject(refusal(chance)))
      later(latencyMs * 0.3, () => {
        const token = String(given?.set)
        if (given) resolve({ accessToken: token, refreshToken: token, expiresIn: given.leftMs / 1000 })
        else reject(new GrantError({ kind: 'reauthorization_required', sent: true, oauthError: 'invalid_grant' }))
      })
    })
  })
}

const RETRY_AFTER_MS = [undefined, 0, -1, 1_000, 20_000, 86_400_000, 1e300, Number.NaN, Number.POSITIVE_INFINITY]

function refusal(chance: Chance): GrantError {
  const retryAfterMs = RETRY_AFTER_MS[Math.floor(chance.random() * RETRY_AFTER_MS.length)]
  return new GrantError({ kind: 'token_unavailable', sent: true, status: 429, retryAfterMs })
}

function latency({ chance, faults }: SimulatedWorld): number {
  if (faults.slow && chance.happens(0.25)) return chance.between(5_000, 40_000)
  return chance.happens(0.05) ? chance.between(500, 3_000) : chance.between(40, 300)
}
