import { createHash } from 'node:crypto'

import { onTestFinished } from 'vitest'

import {
  type AirthingsSimulatorOptions,
  airthingsSimulator,
  type BluesondeSimulatorOptions,
  bluesondeSimulator,
  identityProviderSimulator,
  type SignInSimulator,
} from '../../src/simulators/index.ts'

const CLIENT = { clientId: 'sim-client', clientSecret: 'sim-secret' }
export const REDIRECT_URI = 'https://app.example.com/callback?keep=%20me'
export const STATE = 'state-of-at-least-eight'
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

type Fields = Readonly<Record<string, string>>

/** One vendor with a registered application, and what that application does. */
export interface SignInWorld {
  readonly simulator: SignInSimulator
  /** Of the consent page; `undefined` leaves a parameter out. */
  pageUrl(parameters?: Readonly<Record<string, string | undefined>>): string
  /** The token endpoint's answer to a code. */
  exchange(code: string | null, fields?: Fields): Promise<Response>
  /** Status of the API's answer. */
  read(accessToken: string): Promise<number>
}

type SharedOptions = Pick<
  AirthingsSimulatorOptions & BluesondeSimulatorOptions,
  'applicationName' | 'clock' | 'redirectUris' | 'anyLoopbackPort'
>

export async function airthingsWorld(options: SharedOptions & Partial<AirthingsSimulatorOptions> = {}) {
  const simulator = await airthingsSimulator({ ...CLIENT, redirectUris: [REDIRECT_URI], ...options })
  const client = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }
  return createWorld(simulator, '/v1/accounts', 'read:device:current_values', {
    headers: {},
    fields: client,
  })
}

export async function bluesondeWorld(options: SharedOptions & Partial<BluesondeSimulatorOptions> = {}) {
  const simulator = await bluesondeSimulator({ ...CLIENT, redirectUris: [REDIRECT_URI], ...options })
  const isPublic = 'clientSecret' in options && options.clientSecret === undefined
  const authorization = `Basic ${btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`)}`
  return createWorld(simulator, '/v1/devices', 'devices:read offline_access', {
    headers: isPublic ? {} : { authorization },
    fields: isPublic ? { client_id: CLIENT.clientId } : {},
  })
}

/** It takes any loopback port, whatever is registered. */
export async function identityProviderWorld(options: Omit<SharedOptions, 'anyLoopbackPort'> = {}) {
  const registered = { redirectUris: [REDIRECT_URI], scopes: ['boats:read'] }
  const simulator = await identityProviderSimulator({ ...CLIENT, ...registered, ...options })
  const client = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }
  return createWorld(simulator, '/boats', 'boats:read', { headers: {}, fields: client })
}

function createWorld<S extends SignInSimulator>(
  simulator: S,
  path: string,
  scope: string,
  client: { readonly headers: Fields; readonly fields: Fields },
): SignInWorld & { readonly simulator: S } {
  onTestFinished(() => simulator.close())
  const usual = {
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope,
    state: STATE,
  }
  return {
    simulator,
    pageUrl(parameters) {
      const given = Object.entries({ ...usual, ...parameters }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      )
      return `${simulator.authorizationUrl}?${new URLSearchParams(given)}`
    },
    exchange(code, fields) {
      const grant = { grant_type: 'authorization_code', code: code ?? '', redirect_uri: REDIRECT_URI }
      const body = new URLSearchParams({ ...grant, ...client.fields, ...fields })
      return fetch(simulator.tokenUrl, { method: 'POST', headers: client.headers, body })
    },
    async read(accessToken) {
      return (await fetch(simulator.baseUrl + path, { headers: { authorization: `Bearer ${accessToken}` } })).status
    },
  }
}
