import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { invalidOption, pickOptions } from '@valetkey/core/kit'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

import { createFaults, type Faults, type TooManyRequests } from './faults.ts'
import { type LoopbackServer, type SimulatorApp, startLoopbackServer } from './loopback-server.ts'
import { createRequestLog, describeRequest, type RequestLog } from './request-log.ts'
import type { Side, Simulator, SimulatorClock } from './simulator.ts'

/** What all simulators have in common, before the vendor's own servers are started. */
export interface SimulatorBase {
  readonly clock: SimulatorClock
  readonly faults: Faults
  /** An app whose every request is logged and subject to the fault switches; pages of `allowedOrigins` may call it. */
  createApp(sideOf: (path: string) => Side, options?: { readonly allowedOrigins: readonly string[] }): SimulatorApp
  start(app: SimulatorApp): Promise<LoopbackServer>
  /** The public simulator over what was started. */
  finish<Options extends object, Known extends object = Options>(
    parts: Pick<Simulator, 'baseUrl' | 'tokenUrl' | 'revokeAll' | 'revokeGrants'> & {
      readonly tokenServer: LoopbackServer
      /** Members without a value are left out. */
      readonly options: Options
      /** @default `options` */
      readonly known?: Known
    },
  ): Simulator<Options, Known>
}

export function createSimulatorBase(
  given: { now(): number } | undefined,
  tooManyRequests: TooManyRequests = retryAfter,
): SimulatorBase {
  const clock = createSimulatorClock(given ?? { now: () => Date.now() })
  const log = createRequestLog()
  const faults = createFaults(clock.now, tooManyRequests)
  const servers: LoopbackServer[] = []
  const close = async () => {
    faults.switches.recover()
    await Promise.all(servers.map((server) => server.close()))
  }
  return {
    clock,
    faults,
    createApp(sideOf, { allowedOrigins } = { allowedOrigins: [] }) {
      const app: SimulatorApp = new Hono<{ Bindings: HttpBindings }>()
      // The program does not send a browser's preflight: it is answered before the log.
      if (allowedOrigins.length > 0) app.use(cors({ origin: [...allowedOrigins], exposeHeaders: ['*'] }))
      return app.use(intercept(sideOf, { clock, log, faults }))
    },
    async start(app) {
      const server = await startLoopbackServer(app)
      servers.push(server)
      return server
    },
    finish: ({ tokenServer, options, known, ...parts }) => ({
      ...parts,
      ...handOut(options, known),
      ...faults.switches,
      clock,
      requests: log.entries,
      tokenCalls: (grantType) => log.count('token', grantType),
      apiCalls: () => log.count('api'),
      waitForRequests: log.waitFor,
      async refuseConnections(refuse, where = 'token') {
        const meant = refuse && where === 'token' ? [tokenServer] : servers
        await Promise.all(meant.map((server) => server.refuse(refuse)))
      },
      close,
      [Symbol.asyncDispose]: close,
    }),
  }
}

function handOut<Options extends object, Known extends object = Options>(
  options: Options,
  known?: Known,
): Pick<Simulator<Options, Known>, 'options' | 'optionsFor'> {
  return {
    options: present(options),
    optionsFor(factory) {
      const isFactory: boolean = typeof factory === 'function' && Object.hasOwn(factory, 'options')
      if (isFactory) return pickOptions(present(known ?? options), factory.options) as never
      throw invalidOption('@valetkey/testing', 'factory', 'must be a factory such as airthings.clientCredentials')
    },
  }
}

function present<Options extends object>(options: Options): Options {
  return Object.freeze(
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  ) as Options
}

/** What most vendors do, for those of whom it is not known. */
function retryAfter(resetAt: number, now: number): Response {
  const headers = { 'retry-after': String(Math.ceil((resetAt - now) / 1000)) }
  return Response.json({ message: 'Too Many Requests' }, { status: 429, headers })
}

function createSimulatorClock(given: { now(): number }): SimulatorClock {
  let advanced = 0
  return {
    now: () => given.now() + advanced,
    advance(ms) {
      advanced += ms
    },
  }
}

function intercept(
  sideOf: (path: string) => Side,
  { clock, log, faults }: { clock: SimulatorClock; log: RequestLog; faults: Faults },
): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (context, next) => {
    const side = sideOf(context.req.path)
    const entry = describeRequest(context.req.raw, await context.req.text(), side, clock.now())
    log.add(entry)
    await faults.admit(side)
    const forced = faults.takeForcedAnswer(entry)
    if (forced) context.res = forced
    else await next()
    if (faults.takeDrop(side)) {
      context.env.outgoing.destroy()
      context.res = RESPONSE_ALREADY_SENT
      return
    }
    entry.status = context.res.status
  }
}
