import { memoryStore } from '@valetkey/core'
import type { OAuthOptions } from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type M2mSimulator, simulators } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'
import { CLIENT } from './world.ts'

/** Where people come back to, as `authorizationCode` takes it. */
export const REDIRECT_URI = 'https://app.example/callback'

export interface OAuthWorld {
  readonly vendor: M2mSimulator
  readonly clock: VirtualClock
  /** For any grant of `@valetkey/oauth2`. */
  readonly settings: OAuthOptions & { readonly clientSecret: string; readonly tokenUrl: string }
  /** The token endpoint's next answer. */
  answerNext(body: unknown, status?: number): void
  /** The token requests so far: what stands in Authorization, and the form. */
  tokenRequests(): { readonly authorization: string | undefined; readonly form: Readonly<Record<string, string>> }[]
}

/** An authorization server whose answers a test writes down beforehand; it and the credentials live by one clock. */
export async function startOAuthWorld(): Promise<OAuthWorld> {
  const clock = virtualClock()
  const vendor = await simulators.m2m({ ...CLIENT, clock })
  onTestFinished(vendor.close)
  return {
    vendor,
    clock,
    settings: {
      ...CLIENT,
      vendor: 'acme',
      origins: [vendor.baseUrl],
      tokenUrl: vendor.tokenUrl,
      authorizationUrl: `${vendor.baseUrl}/oauth/v2/authorize`,
      clock,
      store: memoryStore({ clock }),
      allowInsecureRequests: true,
    },
    answerNext: (body, status = 200) => vendor.failNext({ on: 'token', status, body }),
    tokenRequests: () =>
      vendor.requests
        .filter(({ kind }) => kind === 'token')
        .map(({ headers: { authorization }, body }) => ({
          authorization,
          form: Object.fromEntries(new URLSearchParams(body)),
        })),
  }
}

/** What a token endpoint answers. */
export function tokens(accessToken: string, further: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { access_token: accessToken, token_type: 'Bearer', expires_in: 3600, ...further }
}
