import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AirthingsSimulator, type FlumeSimulator, simulators } from '@valetkey/testing/simulators'
import { root } from '../boundaries/workspace.ts'
import { acmeServer } from './acme.ts'

/** The vendors of the documents' examples, each a simulator on a loopback port. */
export interface ExampleNetwork {
  /** What the examples find in the environment. */
  readonly environment: Readonly<Record<string, string>>
  /** From the vendors' origins to those of their simulators. */
  readonly routes: Readonly<Record<string, string>>
  /** Takes requests for a vendor's hosts to its simulator; loopback hosts are reached as they are. */
  readonly fetch: typeof fetch
  /** `GET https://host/path 200` for each request so far. */
  readonly requests: readonly string[]
  readonly airthings: AirthingsSimulator
  close(): Promise<void>
}

const ENVIRONMENT = {
  VALETKEY_FLUME_CLIENT_ID: 'flume-client',
  VALETKEY_FLUME_CLIENT_SECRET: 'flume-secret',
  VALETKEY_FLUME_USERNAME: 'robin@example.com',
  VALETKEY_FLUME_PASSWORD: 'flume-password',
  VALETKEY_AIRTHINGS_CLIENT_ID: '00000000-0000-4000-8000-000000000000',
  VALETKEY_AIRTHINGS_CLIENT_SECRET: 'airthings-secret',
  VALETKEY_BLUESONDE_API_KEY: 'sk_test_example',
  VALETKEY_BLUESONDE_BASE_URL: 'https://api.bluesonde.example',
  VALETKEY_FLOWLU_COMPANY: 'acme',
  VALETKEY_FLOWLU_API_KEY: 'flowlu-key',
  VALETKEY_M2M_BASE_URL: 'https://api.m2m.example',
  VALETKEY_M2M_CLIENT_ID: 'harbour-office',
  VALETKEY_M2M_CLIENT_SECRET: 'm2m-secret',
  ACME_CLIENT_ID: 'acme-client',
  ACME_CLIENT_SECRET: 'acme-secret',
  SPOTIFY_CLIENT_ID: 'spotify-client',
  SPOTIFY_CLIENT_SECRET: 'spotify-secret',
  VALETKEY_COOKIE_KEY: 'HxAREhMUFRYXGBkaGxwdHh8AAQIDBAUGBwgJCgsMDQ4=',
  VALETKEY_STORE_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
}

/** What `test/support/example.ts` of a vendor or of an example starts: a vendor that brings its own simulator. */
interface VendorExample extends Pick<ExampleNetwork, 'environment'> {
  /** From the vendor's origins to the simulator's. */
  readonly routes: Readonly<Record<string, string>>
  close(): PromiseLike<void>
}

export async function startNetwork(): Promise<ExampleNetwork> {
  const [flume, airthings, bluesonde, flowlu, m2m, acme] = await Promise.all([
    startFlume(),
    startAirthings(),
    simulators.bluesonde({ apiKey: ENVIRONMENT.VALETKEY_BLUESONDE_API_KEY }),
    simulators.flowlu({ apiKey: ENVIRONMENT.VALETKEY_FLOWLU_API_KEY }),
    startM2m(),
    acmeServer(),
  ])
  const vendors = await startVendors()
  const routes: Readonly<Record<string, string>> = {
    'https://api.flumewater.com': flume.baseUrl,
    'https://api.flumetech.com': flume.aliasUrl,
    'https://consumer-api.airthings.com': airthings.baseUrl,
    'https://ext-api.airthings.com': airthings.baseUrl,
    'https://accounts-api.airthings.com': new URL(airthings.tokenUrl).origin,
    [ENVIRONMENT.VALETKEY_BLUESONDE_BASE_URL]: bluesonde.baseUrl,
    'https://acme.flowlu.com': flowlu.baseUrl,
    [ENVIRONMENT.VALETKEY_M2M_BASE_URL]: m2m.baseUrl,
    'https://login.example.com': acme.baseUrl,
    'https://api.example.com': acme.baseUrl,
    'https://accounts.spotify.com': acme.baseUrl,
    'https://api.spotify.com': acme.baseUrl,
    ...Object.assign({}, ...vendors.map((vendor) => vendor.routes)),
  }
  const requests: string[] = []
  const network = globalThis.fetch
  const home = await mkdtemp(join(tmpdir(), 'valetkey-examples-'))
  return {
    environment: Object.assign({ ...ENVIRONMENT, HOME: home }, ...vendors.map(({ environment }) => environment)),
    routes,
    requests,
    airthings,
    async fetch(input, init) {
      const request = new Request(input, init)
      const response = await network(rerouted(request, routes))
      requests.push(`${request.method} ${request.url} ${response.status}`)
      return Object.defineProperty(response, 'url', { value: request.url, configurable: true })
    },
    async close() {
      const servers = [flume, airthings, bluesonde, flowlu, m2m, acme, ...vendors]
      await Promise.all(servers.map((server) => server.close()))
      await rm(home, { recursive: true })
    },
  }
}

function startVendors(): Promise<VendorExample[]> {
  const files = globSync('{packages/vendors,examples}/*/test/support/example.ts', { cwd: root })
  return Promise.all(files.map(async (file) => (await import(join(root, file))).startExample()))
}

function rerouted(request: Request, routes: Readonly<Record<string, string>>): Request {
  const { origin, hostname, pathname, search } = new URL(request.url)
  if (hostname === '127.0.0.1') return request
  const base = routes[origin]
  if (base === undefined) throw new TypeError(`no vendor of the examples answers at ${origin}`)
  return new Request(new URL(pathname + search, base), request)
}

function startFlume(): Promise<FlumeSimulator> {
  return simulators.flume({
    clientId: ENVIRONMENT.VALETKEY_FLUME_CLIENT_ID,
    clientSecret: ENVIRONMENT.VALETKEY_FLUME_CLIENT_SECRET,
    username: ENVIRONMENT.VALETKEY_FLUME_USERNAME,
    password: ENVIRONMENT.VALETKEY_FLUME_PASSWORD,
  })
}

function startAirthings(): Promise<AirthingsSimulator> {
  return simulators.airthings({
    clientId: ENVIRONMENT.VALETKEY_AIRTHINGS_CLIENT_ID,
    clientSecret: ENVIRONMENT.VALETKEY_AIRTHINGS_CLIENT_SECRET,
    redirectUris: ['https://air.example.com/airthings/callback'],
  })
}

function startM2m(): ReturnType<typeof simulators.m2m> {
  return simulators.m2m({
    clientId: ENVIRONMENT.VALETKEY_M2M_CLIENT_ID,
    clientSecret: ENVIRONMENT.VALETKEY_M2M_CLIENT_SECRET,
  })
}
