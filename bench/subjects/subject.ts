import type { SignedIn } from '../vendor/token-endpoint.ts'

/** Where a subject sends, and what it has after a sign-in. */
export interface Account {
  /** Of the API and of the token endpoint, `/token`. */
  readonly origin: string
  readonly tokens: SignedIn
}

/** One way to send requests with a token. */
export interface Subject {
  /** What the program sends with; a subject is compared with the plain one of the same client. */
  readonly client: 'fetch' | 'axios' | 'ky'
  readonly name: string
  /** Whether it gets other tokens when these have expired, and when the API refuses them. */
  readonly renews: 'never' | 'expired' | 'refused'
  open(account: Account): Promise<Send>
}

/** Sends one GET request, reads the answer, and gives its status. */
export type Send = (path: string) => Promise<number>

export const CLIENT_ID = 'bench'
export const CLIENT_SECRET = 's3cret'

/** `fetch careful code` */
export function titleOf({ client, name }: Pick<Subject, 'client' | 'name'>): string {
  return `${client} ${name}`
}

/** Spends the refresh token, as a program without a library does. */
export async function refresh({ origin }: Account, refreshToken: string): Promise<SignedIn> {
  const response = await fetch(`${origin}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    }),
  })
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}: ${await response.text()}`)
  const body = (await response.json()) as { access_token: string; refresh_token: string; expires_in: number }
  return {
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    expiresAt: Date.now() + body.expires_in * 1000,
  }
}

export async function readAll(response: Response): Promise<number> {
  await response.arrayBuffer()
  return response.status
}
