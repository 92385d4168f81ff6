import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { createTokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'

export type Fetch = typeof globalThis.fetch

/** One way to send a request with a fresh token. */
export interface Subject {
  readonly name: string
  /** What it puts on the transport, ready to send: the token is in memory. */
  open(transport: Fetch, origin: string): Promise<Send>
}

/** Sends one GET request as a program would write it. */
export type Send = (url: string) => Promise<Response>

/** As long as the tokens of most vendors: a JWT with a dozen claims. */
const TOKEN = `${'h'.repeat(36)}.${'p'.repeat(400)}.${'s'.repeat(342)}`

const HOUR_S = 3600

const plain: Subject = {
  name: 'plain',
  async open(transport) {
    const authorization = `Bearer ${TOKEN}`
    return (url) => transport(url, { headers: { accept: 'application/json', authorization } })
  },
}

const valetkey: Subject = {
  name: 'valetkey',
  async open(transport, origin) {
    const credential = createTokenCredential(
      {
        vendor: 'bench',
        origins: [origin],
        identity: ['bench'],
        grant: { acquire: async () => ({ accessToken: TOKEN, expiresIn: HOUR_S }) },
      },
      { allowInsecureRequests: true },
    )
    await credential.getToken()
    const send = withCredential(transport, credential)
    return (url) => send(url, { headers: { accept: 'application/json' } })
  },
}

/** It sends with the global fetch, whatever that is. */
const badgateway: Subject = {
  name: 'badgateway',
  async open(transport, origin) {
    globalThis.fetch = transport
    const wrapper = new OAuth2Fetch({
      client: new OAuth2Client({ server: origin, clientId: 'bench' }),
      getNewToken: async () => ({ accessToken: TOKEN, expiresAt: Date.now() + HOUR_S * 1000, refreshToken: null }),
    })
    await wrapper.getAccessToken()
    return (url) => wrapper.fetch(url, { headers: { accept: 'application/json' } })
  },
}

export const SUBJECTS: readonly Subject[] = [plain, valetkey, badgateway]

export function subjectNamed(name: string | undefined): Subject {
  const subject = SUBJECTS.find((candidate) => candidate.name === name)
  if (!subject) throw new RangeError(`no subject is named "${name}"`)
  return subject
}
