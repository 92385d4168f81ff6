import { createHash } from 'node:crypto'

import { onTestFinished } from 'vitest'

import { type BluesondeSimulator, type BluesondeSimulatorOptions, bluesondeSimulator } from '../src/simulators/index.ts'

export const CLIENT = { clientId: 'sim-client', clientSecret: 'sim-secret' }
export const REDIRECT_URI = 'https://app.example.com/callback'
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

export async function start(options: BluesondeSimulatorOptions = CLIENT): Promise<BluesondeSimulator> {
  const bluesonde = await bluesondeSimulator({ redirectUris: [REDIRECT_URI], ...options })
  onTestFinished(() => bluesonde.close())
  return bluesonde
}

export type Fields = Record<string, string>

export function basic(text: string): Fields {
  return { authorization: `Basic ${btoa(text)}` }
}

export const SIGNED = basic('sim-client:sim-secret')

export function post({ tokenUrl }: BluesondeSimulator, fields: Fields, headers: Fields = SIGNED): Promise<Response> {
  return fetch(tokenUrl, { method: 'POST', headers, body: new URLSearchParams(fields) })
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

export async function tokens(answer: Promise<Response>): Promise<Tokens> {
  return (await (await answer).json()) as Tokens
}

export function refreshing(refreshToken: string): Fields {
  return { grant_type: 'refresh_token', refresh_token: refreshToken }
}

export function exchanging(code: string, more: Fields = {}): Fields {
  return { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, ...more }
}

export async function read({ baseUrl }: BluesondeSimulator, bearer: string, path = '/v1/devices'): Promise<Response> {
  return fetch(baseUrl + path, { headers: { authorization: `Bearer ${bearer}` } })
}

export async function errorOf(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer
  const { error }: { error: string } = await response.json()
  return [response.status, error]
}
