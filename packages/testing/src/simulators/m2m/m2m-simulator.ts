import { createSimulatorBase } from '../create-simulator.ts'
import { createOpaqueTokens, createRsaTokens, type IssuedTokens, rsaKeys } from '../issued-tokens.ts'
import type { GivenOptions, Simulator, SimulatorUrls } from '../simulator.ts'
import { addApiRoutes } from './api.ts'
import { type M2mSettings, type M2mSimulatorOptions, m2mSettings } from './options.ts'
import { answerTokenRequest } from './token-endpoint.ts'

export type M2mSimulator = Simulator<SimulatorUrls & GivenOptions<M2mSimulatorOptions, 'clientId' | 'clientSecret'>>

/** The machine-to-machine platform of `@valetkey/m2m`: one host, Basic and a form, tokens that may hold `+`, `/` and `=`. */
export async function m2mSimulator(options: M2mSimulatorOptions): Promise<M2mSimulator> {
  const settings = m2mSettings(options)
  const base = createSimulatorBase(options.clock)
  const { now } = base.clock
  const tokens = await createTokens(settings, now)
  const app = base.createApp((path) => (path === settings.tokenPath ? 'token' : 'api'))
  app.post(settings.tokenPath, async ({ req }) =>
    answerTokenRequest(settings, tokens, { headers: req.raw.headers, body: await req.text(), now: now() }),
  )
  addApiRoutes(app, {
    forbiddenPaths: settings.forbiddenPaths,
    accepts: async (token) => !base.faults.inOutage() && (await tokens.check(token)) !== undefined,
  })
  const server = await base.start(app)
  const { origin } = server
  const { revokeAll } = tokens
  const { clientId, clientSecret, tokenPath } = settings
  const urls = { baseUrl: origin, tokenUrl: `${origin}${tokenPath}` }
  const handOut = { ...urls, allowInsecureRequests: true as const, clientId, clientSecret }
  return base.finish({ ...urls, revokeAll, revokeGrants: revokeAll, tokenServer: server, options: handOut })
}

async function createTokens({ tokenFormat }: M2mSettings, now: () => number): Promise<IssuedTokens> {
  return tokenFormat === 'jwt' ? createRsaTokens(await rsaKeys(), now) : createOpaqueTokens(newToken, now)
}

/** Standard Base64 as the page shows it, with each of `+`, `/` and `=` in it. */
function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(35))
  bytes.set([0xfb, 0xef, 0xff])
  return Buffer.from(bytes).toString('base64')
}
