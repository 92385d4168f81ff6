import type { ServerResponse } from 'node:http'
import { memoryStore } from '@valetkey/core'
import type { VirtualClock } from '@valetkey/testing'
import { virtualClock } from '@valetkey/testing'
import { onTestFinished } from 'vitest'
import type { DeviceCredential, OAuthOptions } from '../../src/index.ts'
import { deviceCode } from '../../src/index.ts'
import { complete } from './grants.ts'
import type { PlannedAnswer, ReceivedRequest, TokenServer } from './token-server.ts'
import { sendAnswer, startTokenServer } from './token-server.ts'

export const DEVICE_CODE = 'canary-device-code'

export const AUTHORIZATION = {
  device_code: DEVICE_CODE,
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://login.example.com/device',
  expires_in: 900,
}

export const TOKENS = { access_token: 'first-access', refresh_token: 'canary-refresh', expires_in: 3600 }

export const PENDING: PlannedAnswer = { status: 400, body: { error: 'authorization_pending' } }

/** An answer, no answer at all, or a connection that breaks. */
export type Planned = PlannedAnswer | 'silence' | 'broken'

export interface DeviceWorld {
  readonly server: TokenServer
  readonly clock: VirtualClock
  readonly credential: DeviceCredential
  /** When the vendor was asked for tokens, in s since the start. */
  readonly pollTimes: readonly number[]
  polls(): readonly ReceivedRequest[]
  connect(changes?: Partial<OAuthOptions>): DeviceCredential
}

/** A vendor of RFC 8628 whose token endpoint gives these answers, the last of them again and again. */
export async function startDeviceWorld(
  answers: readonly Planned[],
  authorization: object = {},
  options: Partial<OAuthOptions> = {},
): Promise<DeviceWorld> {
  const clock = virtualClock()
  const start = clock.monotonic()
  const pollTimes: number[] = []
  const server = await startTokenServer((request, response) => {
    if (request.url === '/device') return sendAnswer(response, { body: { ...AUTHORIZATION, ...authorization } })
    pollTimes.push((clock.monotonic() - start) / 1000)
    return give(response, answers[Math.min(pollTimes.length, answers.length) - 1] ?? {})
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const store = memoryStore({ clock })
  const basis = complete({ tokenUrl: server.tokenUrl, deviceAuthorizationUrl: `${server.origin}/device`, clock, store })
  const connect = (changes: Partial<OAuthOptions> = {}) => deviceCode({ ...basis, ...options, ...changes })
  const polls = () => server.requests.filter(({ url }) => url === '/oauth/token')
  return { server, clock, credential: connect(), pollTimes, polls, connect }
}

function give(response: ServerResponse, planned: Planned): void {
  if (planned === 'broken') response.socket?.destroy()
  else if (planned !== 'silence') sendAnswer(response, planned)
}
