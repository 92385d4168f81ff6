import { onTestFinished } from 'vitest'

import { type FlumeSimulator, type FlumeSimulatorOptions, flumeSimulator } from '../src/simulators/index.ts'

export const OWNER = {
  clientId: 'sim-client',
  clientSecret: 'sim-secret',
  username: 'owner@example.com',
  password: 'sim-password',
}

export async function start(options: Partial<FlumeSimulatorOptions> = {}): Promise<FlumeSimulator> {
  const flume = await flumeSimulator({ ...OWNER, ...options })
  onTestFinished(() => flume.close())
  return flume
}

export const signIn = {
  grant_type: 'password',
  client_id: OWNER.clientId,
  client_secret: OWNER.clientSecret,
  username: OWNER.username,
  password: OWNER.password,
}

export function refreshWith(refreshToken: string) {
  const { client_id, client_secret } = signIn
  return { grant_type: 'refresh_token', client_id, client_secret, refresh_token: refreshToken }
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

interface TokenAnswer {
  readonly access_token: string
  readonly refresh_token: string
}

export async function tokens(flume: FlumeSimulator, body: unknown = signIn): Promise<TokenAnswer> {
  const { data }: { data: [TokenAnswer] } = await (await post(flume.tokenUrl, body)).json()
  return data[0]
}

export function read(flume: { baseUrl: string }, path: string, accessToken: string): Promise<Response> {
  return fetch(flume.baseUrl + path, { headers: { authorization: `Bearer ${accessToken}` } })
}
