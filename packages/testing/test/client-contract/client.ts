import type { ClientHooks, ClientSetup, ContractRequest, MakeClient } from '../../src/index.ts'
import { type PlainFetch, type PlainInit, withCredential } from './fetch-plugin.ts'

export type Plugin = typeof withCredential

/** A client that has all that a client may have, and the plugin in it. */
export interface ClientParts {
  readonly plugin: Plugin
  /** Whether the hooks of the caller are around the plugin; else it is around them. */
  readonly hooksOutside: boolean
  /** Whether the plugin can be taken off, and what it leaves on the instance. */
  readonly detaches: boolean
  readonly leaves: readonly string[]
}

export const GOOD: ClientParts = { plugin: withCredential, hooksOutside: true, detaches: true, leaves: [] }

export function clientOf({ plugin, hooksOutside, detaches, leaves }: ClientParts): MakeClient {
  return (setup) => {
    const { source, replay, uncovered, onUncovered, onSend } = setup
    const inner: PlainFetch = (...handed) => {
      onSend?.(...handed)
      return fetch(...handed)
    }
    const wrap: (send: PlainFetch) => PlainFetch = (send) =>
      source ? plugin(send, source, { replay, uncovered, onUncovered }) : send
    const blind = { ...setup, hooks: setup.hooks && blindHooks(setup.hooks) }
    const instance = { send: hooksOutside ? withHooks(wrap(inner), setup) : wrap(withHooks(inner, blind)), marks: [''] }
    return {
      instance: { marks: instance.marks },
      async send(request) {
        const response = await instance.send(new URL(request.url, setup.baseUrl).href, initOf(request))
        return { status: response.status, url: response.url, text: await response.text(), shown: response }
      },
      detach() {
        if (detaches) instance.send = withHooks(inner, setup)
        instance.marks.push(...leaves)
      },
    }
  }
}

/** Calls the hooks, and tries again after a 503. */
function withHooks(send: PlainFetch, { hooks, retries }: Pick<ClientSetup, 'hooks' | 'retries'>): PlainFetch {
  return async (url, init) => {
    hooks?.onRequest(url, init)
    let response = await send(url, init)
    for (let retry = 0; retry < retries && response.status === 503; retry += 1) response = await send(url, init)
    hooks?.onAnswer(response.status, response)
    return response
  }
}

/** They are told of requests and answers, and shown none. */
function blindHooks({ onRequest, onAnswer }: ClientHooks): ClientHooks {
  return { onRequest: () => onRequest(), onAnswer: (status) => onAnswer(status) }
}

function initOf({ method, headers, body, json, signal, timeoutMs, options }: ContractRequest): PlainInit {
  const content = json === undefined ? (body as BodyInit | undefined) : JSON.stringify(json)
  return {
    method,
    headers,
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
    ...(content !== undefined && { body: content, duplex: 'half' }),
    ...options,
  }
}
