import { createApiKeys } from '../api-keys.ts'
import { createSimulatorBase } from '../create-simulator.ts'
import { createOpaqueTokens } from '../issued-tokens.ts'
import type { SimulatorApp } from '../loopback-server.ts'
import type { ApiKeyClientOptions, GivenOptions, Simulator, SimulatorUrls } from '../simulator.ts'
import { addApiRoutes } from './api.ts'
import { type FlowluSimulatorOptions, flowluSettings } from './options.ts'
import type { Presented } from './presented.ts'
import { MODULES } from './records.ts'
import { answerTokenRequest, newToken } from './token-endpoint.ts'

/** Those of `password` where the simulator has a user, else those of `apiKey`. */
export type FlowluClientOptions<Options> = Options extends { readonly username: string }
  ? SimulatorUrls & GivenOptions<Options, 'username' | 'password'>
  : 'username' extends keyof Options
    ? FlowluKnownOptions<Options> | ApiKeyClientOptions<Options>
    : ApiKeyClientOptions<Options>

/** Those of both factories, for `optionsFor`. */
export type FlowluKnownOptions<Options> = SimulatorUrls & GivenOptions<Options, 'apiKey' | 'username' | 'password'>

export interface FlowluSimulator<Options extends FlowluSimulatorOptions = FlowluSimulatorOptions>
  extends Simulator<FlowluClientOptions<Options>, FlowluKnownOptions<Options>> {
  /** Simulates `www.flowlu.com`, which is separate from a company's host: it serves files and answers API paths with 404. */
  readonly wwwUrl: string
  /** A further API key. @param modules those of `apiKey` by default */
  createApiKey(modules?: readonly string[]): string
  /** "Removes key and all permissions": from now on the API answers error 11 to this key. */
  deleteApiKey(apiKey: string): void
}

/** Flowlu: a company's host, another host for tokens, API keys, tokens of administrators that die without a word. */
export async function flowluSimulator<Options extends FlowluSimulatorOptions>(
  options: Options,
): Promise<FlowluSimulator<Options>> {
  const settings = flowluSettings(options)
  const base = createSimulatorBase(options.clock)
  const { now } = base.clock
  const tokens = createOpaqueTokens(newToken, now)
  const keys = createApiKeys({ first: settings.apiKey, permissions: settings.modules, prefix: 'flowlu-' })

  const auth = base.createApp(() => 'token')
  // Flowlu publishes no URL; the path is invented.
  auth.post('/oauth/token', async ({ req }) =>
    answerTokenRequest(settings, tokens, { headers: req.raw.headers, body: await req.text(), now: now() }),
  )
  const www = base.createApp(() => 'api')
  addWwwRoutes(www)
  const [tokenServer, wwwServer] = await Promise.all([base.start(auth), base.start(www)])
  const modulesOf = async ({ apiKeys: [apiKey], token }: Presented) => {
    if (base.faults.inOutage()) return undefined
    if (apiKey !== undefined) return keys.permissionsOf(apiKey)
    // Only administrators get tokens.
    return (await tokens.check(token)) && MODULES
  }
  const api = base.createApp(() => 'api')
  addApiRoutes(api, { settings, filesUrl: wwwServer.origin, modulesOf })
  const { origin } = await base.start(api)

  const { revokeAll } = tokens
  const urls = { baseUrl: origin, tokenUrl: `${tokenServer.origin}/oauth/token` }
  const { apiKey, administrator } = settings
  const permission = { allowInsecureRequests: true as const }
  const ofKey = { baseUrl: origin, ...permission, apiKey }
  const ofUser = { ...urls, ...permission, ...administrator }
  // What is given by the options has the types of the options.
  const handOut = { options: administrator ? ofUser : ofKey, known: { ...ofKey, ...ofUser } } as unknown as {
    options: FlowluClientOptions<Options>
    known: FlowluKnownOptions<Options>
  }
  return {
    ...base.finish({ ...urls, revokeAll, revokeGrants: revokeAll, tokenServer, ...handOut }),
    wwwUrl: wwwServer.origin,
    createApiKey: keys.create,
    deleteApiKey: keys.delete,
  }
}

function addWwwRoutes(www: SimulatorApp): void {
  www.get('/files/:id', () => new Response('%PDF-1.7', { headers: { 'content-type': 'application/pdf' } }))
  www.notFound(() => new Response('<h1>Page not found</h1>', { status: 404, headers: { 'content-type': 'text/html' } }))
}
