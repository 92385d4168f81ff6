import { memoryStore } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { onTestFinished } from 'vitest'
import type { ResourceCredential } from '../../src/index.ts'
import { complete } from './grants.ts'
import { sendAnswer, startTokenServer } from './token-server.ts'

export const MAIL = 'https://mail.example.com/v1'
export const FILES = 'https://files.example.com/v1'

export const LIFETIME_S = 3600

/**
 * A vendor with several APIs. A token is for those that its request named (RFC 8707; or by `audience`), and each API takes only
 * its own tokens. A refresh token works once: a second use ends the family (RFC 9700 §4.14.2).
 */
export async function startResourceVendor() {
  const forms: URLSearchParams[] = []
  /** Refresh tokens that were not used yet, and what the grant was for. */
  const live = new Map<string, string>()
  /** Access tokens that APIs take, and what they are for. */
  const accepted = new Map<string, string>()
  const state = { reuses: 0, serial: 0, withoutRefreshToken: false }

  const server = await startTokenServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://vendor.example')
    if (pathname === '/api') {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '')
      return sendAnswer(response, { status: accepted.get(token) === searchParams.get('of') ? 200 : 401, body: {} })
    }
    if (pathname === '/device') {
      const device = {
        device_code: 'd',
        user_code: 'U',
        verification_uri: 'https://login.example.com/d',
        expires_in: 900,
      }
      return sendAnswer(response, { body: { ...device, interval: 1 } })
    }
    const form = new URLSearchParams(server.requests.at(-1)?.body)
    forms.push(form)
    const named = [...form.getAll('resource'), ...form.getAll('audience')].join(' ')
    if (named.includes('unknown')) return sendAnswer(response, { status: 400, body: { error: 'invalid_target' } })
    const sent = form.get('refresh_token')
    const grantedFor = sent === null ? named : (live.get(sent) ?? '')
    if (sent !== null && !live.delete(sent)) {
      state.reuses += 1
      live.clear()
      return sendAnswer(response, { status: 400, body: { error: 'invalid_grant' } })
    }
    state.serial += 1
    const token = `access-${state.serial}`
    accepted.set(token, named || grantedFor)
    const refreshToken = `refresh-${state.serial}`
    if (!state.withoutRefreshToken) live.set(refreshToken, grantedFor)
    const refresh = state.withoutRefreshToken ? {} : { refresh_token: refreshToken }
    sendAnswer(response, { body: { access_token: token, token_type: 'Bearer', expires_in: LIFETIME_S, ...refresh } })
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const { origin, tokenUrl } = server
  return {
    clock,
    forms,
    reuses: () => state.reuses,
    /** The grant ends at the vendor; its access tokens do not. */
    endGrant: () => live.clear(),
    /** APIs refuse the tokens for this one from now on. */
    refuse(of: string) {
      for (const [token, target] of accepted) if (target === of) accepted.delete(token)
    },
    giveNoRefreshToken() {
      state.withoutRefreshToken = true
    },
    /** What every grant needs; `elsewhere` is the same store with another process's memory. */
    options: complete({ tokenUrl, origins: [origin], clock, store }),
    origin,
    elsewhere: () => ({ store: { ...store } }),
    /** One call of an API, renewed once where it is refused. @returns status and token */
    async call(credential: ResourceCredential, of: string): Promise<string> {
      const sent = { url: `${origin}/api?of=${encodeURIComponent(of)}`, method: 'GET' }
      const authorization = await credential.authorization()
      const send = async ({ headers }: { headers: Readonly<Record<string, string>> }) =>
        `${(await fetch(sent.url, { headers })).status} ${headers.authorization}`
      const first = await send(authorization)
      if (!first.startsWith('401')) return first
      const renewed = await clock.runUntil(credential.renew(authorization, { sent }), 5_000)
      return renewed ? send(renewed) : first
    },
    /** What each token request since the last call asked for: grant type and targets. */
    asked() {
      const of = (form: URLSearchParams) =>
        [form.get('grant_type'), ...form.getAll('resource'), ...form.getAll('audience')].join(' ')
      return forms.splice(0).map(of)
    },
  }
}
