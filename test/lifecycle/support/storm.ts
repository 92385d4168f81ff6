import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, memoryStore, type TokenCredential } from '@valetkey/core'
import { authorizationCode, clientCredentials, type OAuthOptions, password } from '@valetkey/oauth2'
import { virtualClock } from '@valetkey/testing'

/** What a token endpoint does with every request. */
export type TokenAnswer = (response: ServerResponse, now: number) => void

export const GRANTS = ['client credentials', 'password', 'refresh'] as const
export type GrantName = (typeof GRANTS)[number]

export interface StormPlan {
  readonly name: string
  readonly grant: GrantName
  readonly answer: TokenAnswer
  /** Per step. @default 1 */
  readonly callers?: number
}

/** One program, and what came of its callers. */
export interface Storm {
  readonly name: string
  /** Requests that the token endpoint got, by the virtual clock, ms. */
  readonly tokenCalls: readonly number[]
  /** Codes of the errors that callers got, or `token`. */
  readonly ends: ReadonlyMap<string, number>
  readonly longestWaitMs: number
  /** The most sleeps of the program at one time. */
  readonly mostSleeps: number
  /** Left at the end: sleeps, and callers without an answer. */
  readonly left: number
}

export interface StormOptions {
  readonly minutes: number
  /** @default 500 */
  readonly stepMs?: number
  readonly maxWaitMs?: number
}

/**
 * Runs programs that need a token all the time against a token endpoint that gives none, in virtual time; the requests
 * are real ones over loopback.
 */
export async function runStorms(
  plans: readonly StormPlan[],
  { minutes, stepMs = 500, maxWaitMs }: StormOptions,
): Promise<Storm[]> {
  const clock = virtualClock()
  const answers = new Map<string, (response: ServerResponse) => void>()
  const server = await listen(answers)
  const { port } = server.address() as AddressInfo
  const idle = createIdle()
  const programs = await Promise.all(
    plans.map(async (plan, index) => {
      const tokenCalls: number[] = []
      const url = `http://127.0.0.1:${port}/${index}`
      answers.set(`/${index}`, (response) => {
        tokenCalls.push(clock.monotonic())
        plan.answer(response, clock.now())
        if (!response.headersSent && response.socket?.destroyed === false) idle.unanswered(url)
      })
      return startProgram(plan, { url, clock, fetch: idle.fetch, maxWaitMs, tokenCalls })
    }),
  )
  const endMs = minutes * 60_000
  for (let nextMs = stepMs; clock.monotonic() < endMs; nextMs = clock.monotonic() < LIVELY_MS ? stepMs : 4 * stepMs) {
    for (const program of programs) program.call()
    await idle.reached()
    await clock.advance(nextMs)
    await idle.reached()
  }
  // Nobody comes any more: whoever still waits, and whatever is under way, has a limit.
  await clock.advance(LONGEST_MS)
  await idle.reached()
  server.close()
  server.closeAllConnections()
  return programs.map(({ storm }) => storm)
}

/** No wait and no token call lasts longer. */
const LONGEST_MS = 70_000

/** Later the pauses between token calls are longer than any step. */
const LIVELY_MS = 60_000

interface Surroundings {
  readonly url: string
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly maxWaitMs: number | undefined
  readonly tokenCalls: readonly number[]
}

async function startProgram({ name, grant, callers = 1 }: StormPlan, surroundings: Surroundings) {
  const { clock, tokenCalls } = surroundings
  const ends = new Map<string, number>()
  const counted = { sleeps: 0, mostSleeps: 0, waiting: 0, longestWaitMs: 0 }
  const countingClock: Clock = {
    ...clock,
    // Every pause as short as chance can make it.
    random: () => 0,
    async sleep(ms, signal) {
      counted.sleeps += 1
      counted.mostSleeps = Math.max(counted.mostSleeps, counted.sleeps)
      await clock.sleep(ms, signal)
      counted.sleeps -= 1
    },
  }
  const credential = await createCredential(grant, { ...surroundings, clock: countingClock })
  const callOnce = async (): Promise<void> => {
    const startedAt = clock.monotonic()
    counted.waiting += 1
    const end = await credential.getToken().then(
      () => 'token',
      (error: { code?: string; name: string }) => error.code ?? error.name,
    )
    counted.waiting -= 1
    counted.longestWaitMs = Math.max(counted.longestWaitMs, clock.monotonic() - startedAt)
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  const storm: Storm = {
    name,
    tokenCalls,
    ends,
    get longestWaitMs() {
      return counted.longestWaitMs
    },
    get mostSleeps() {
      return counted.mostSleeps
    },
    get left() {
      return counted.sleeps + counted.waiting
    },
  }
  return {
    storm,
    call() {
      for (let caller = 0; caller < callers; caller += 1) void callOnce()
    },
  }
}

async function createCredential(
  grant: GrantName,
  { url, clock, fetch, maxWaitMs }: Surroundings,
): Promise<TokenCredential> {
  const options: OAuthOptions = {
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    tokenUrl: url,
    clientId: 'client',
    clientSecret: 'client-secret',
    allowInsecureRequests: true,
    store: memoryStore({ clock }),
    clock,
    fetch,
    maxWaitMs,
  }
  if (grant === 'client credentials') return clientCredentials(options)
  if (grant === 'password') return password({ ...options, username: 'user', password: 'pass-word' })
  let isSignedIn = false
  const first = { access_token: 'access-1', refresh_token: 'refresh-1', token_type: 'Bearer', expires_in: 1 }
  const credential = authorizationCode({
    ...options,
    fetch: (...args) => (isSignedIn ? fetch(...args) : Promise.resolve(Response.json(first))),
    authorizationUrl: 'https://acme.example/authorize',
    redirectUri: 'https://app.example/callback',
  })
  const { signIn } = await credential.beginSignIn()
  await credential.completeSignIn(`/callback?code=code&state=${signIn.state}`, signIn)
  isSignedIn = true
  return credential
}

async function listen(answers: ReadonlyMap<string, (response: ServerResponse) => void>): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => answers.get(request.url ?? '')?.(response))
  })
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve)
  })
  return server
}

/** Virtual time must not pass while the answer of a request over a real connection is on its way. */
function createIdle() {
  /** A program has one at a time. */
  const underWay = new Set<string>()
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    fetch: async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const { url } = new Request(input)
      underWay.add(url)
      try {
        return await fetch(input, init)
      } finally {
        underWay.delete(url)
      }
    },
    /** The request that is under way there gets no answer. */
    unanswered: (url: string) => void underWay.delete(url),
    async reached(): Promise<void> {
      for (let turns = 0; turns < 3 || underWay.size > 0; turns += 1) await turn()
    },
  }
}
