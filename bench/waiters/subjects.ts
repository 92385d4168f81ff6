import { createTokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'

/** One way to send requests that all need a token that is not there yet. */
export interface Subject {
  readonly name: string
  open(): Waiting
}

export interface Waiting {
  /** A request, or what a request waits for. */
  send(): Promise<unknown>
  /** Whether the token endpoint was asked. */
  isAsked(): boolean
  /** It answers. */
  answer(): void
}

const ORIGIN = 'https://api.example.com'
const URL_OF_API = `${ORIGIN}/v1/readings`
const INIT = { headers: { accept: 'application/json' } }
const answered = new Response(null)

/** Answers at once: what is left is the subject's own work. */
const stub: typeof fetch = () => Promise.resolve(answered)

function tokenEndpoint() {
  let open: () => void = () => {}
  let asked = 0
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const ask = async () => {
    asked += 1
    await gate
    return { accessToken: 'token', expiresIn: 3600 }
  }
  return { ask, isAsked: () => asked > 0, answer: () => open() }
}

function credentialOf(acquire: () => Promise<{ accessToken: string; expiresIn: number }>) {
  return createTokenCredential({ vendor: 'bench', origins: [ORIGIN], identity: ['bench'], grant: { acquire } })
}

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'careful code',
    open() {
      const { ask, isAsked, answer } = tokenEndpoint()
      let header = ''
      let refreshing: Promise<string> | undefined
      const authorization = (): string | Promise<string> => {
        if (header) return header
        refreshing ??= ask().then(({ accessToken }) => {
          header = `Bearer ${accessToken}`
          return header
        })
        return refreshing
      }
      const send = async () => {
        const ready = authorization()
        const value = typeof ready === 'string' ? ready : await ready
        const response = await stub(URL_OF_API, { ...INIT, headers: { ...INIT.headers, authorization: value } })
        if (response.status === 401) throw new Error('the token is refused')
        return response
      }
      return { isAsked, answer, send }
    },
  },
  {
    name: 'credential.authorization()',
    open() {
      const { ask, isAsked, answer } = tokenEndpoint()
      const credential = credentialOf(ask)
      return { isAsked, answer, send: async () => credential.authorization() }
    },
  },
  {
    name: 'fetch with the credential',
    open() {
      const { ask, isAsked, answer } = tokenEndpoint()
      const send = withCredential(stub, credentialOf(ask))
      return { isAsked, answer, send: () => send(URL_OF_API, INIT) }
    },
  },
  {
    name: 'fetch with the credential and a signal',
    open() {
      const { ask, isAsked, answer } = tokenEndpoint()
      const send = withCredential(stub, credentialOf(ask))
      const { signal } = new AbortController()
      return { isAsked, answer, send: () => send(URL_OF_API, { ...INIT, signal }) }
    },
  },
]
