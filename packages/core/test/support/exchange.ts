import type { Authorization, Credential, CredentialSource, ResponseView } from '../../src/index.ts'
import type { RequestToSend } from '../../src/kit.ts'
import { createAuthorization, createSender, refusesByDefault } from '../../src/kit.ts'

export const URL_OF_API = 'https://api.acme.example/v1/things'

/** A credential whose tokens are t1, t2 … */
export function rotating(overrides: Partial<Credential> = {}) {
  const log: string[] = []
  let current = tokenOf(1)
  const credential: Credential = {
    specVersion: 'v1',
    vendor: 'acme',
    account: 'default',
    carries: { headers: ['authorization'], query: [] },
    covers: (origin) => origin === 'https://api.acme.example' || origin === 'https://eu.acme.example',
    authorization: () => current,
    refuses: refusesByDefault,
    async renew(refused) {
      log.push(`renew ${refused.generation}`)
      if (current.generation <= refused.generation) current = tokenOf(refused.generation + 1)
      return current
    },
    observe: (event, { generation, status, sent: _sent, ...more }) =>
      log.push([event, generation, status, ...Object.values(more)].join(' ')),
    ...overrides,
  }
  return { credential, log }
}

export function tokenOf(generation: number): Authorization {
  return createAuthorization({ headers: { authorization: `Bearer t${generation}` } }, generation)
}

export interface Answer {
  readonly status: number
  readonly url?: string
  readonly challenge?: string
}

/** A client over a server that gives these answers in turn; every one that is thrown away is in `discarded`. */
export function exchange(
  source: CredentialSource,
  answers: readonly Answer[],
  more: Partial<RequestToSend<Answer>> = {},
) {
  const sent: string[] = []
  const discarded: Answer[] = []
  const left = [...answers]
  const request: RequestToSend<Answer> = {
    url: URL_OF_API,
    alreadyAuthorized: () => false,
    async send(authorization) {
      sent.push(authorization?.headers.authorization ?? 'untouched')
      const answer = left.shift()
      if (!answer) throw new Error('an unexpected request')
      return answer
    },
    view: viewOf,
    discard: (answer) => void discarded.push(answer),
    ...more,
  }
  return { request, run: () => createSender(source)(request), sent, discarded }
}

function viewOf({
  status,
  url = '',
  challenge = null,
}: Omit<Answer, 'challenge'> & { challenge?: string | null }): ResponseView {
  return {
    status,
    url,
    header: (name) => (name === 'www-authenticate' ? challenge : null),
    json: async () => undefined,
  }
}
