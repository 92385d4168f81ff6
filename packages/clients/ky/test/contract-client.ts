import { withCredential } from '@valetkey/ky'
import type { ClientContractOptions, ClientSetup, ContractAnswer, ContractRequest, MakeClient } from '@valetkey/testing'
import type { KyInstance, Options } from 'ky'

/** What is special about ky. */
export const KY_OPTIONS: Pick<ClientContractOptions, 'replaysStreams'> = { replaysStreams: true }

/** An instance of either major of ky, as the client contract wants it. */
export function kyClient(ky: KyInstance, base: (url: string) => Options = (baseUrl) => ({ baseUrl })): MakeClient {
  return (setup) => {
    const { source, replay, uncovered, onUncovered, baseUrl } = setup
    const relative = baseUrl === undefined ? {} : base(baseUrl)
    const plain = ky.create({ fetch: fetchOf(setup), hooks: hooksOf(setup), retry: retryOf(setup), ...relative })
    const wrapped = source ? withCredential(plain, source, { replay, uncovered, onUncovered }) : plain
    let current = wrapped.extend({ hooks: hooksOf(setup) })
    return {
      send: (request) => answerOf(current(request.url, optionsOf(request))),
      detach() {
        current = plain
      },
    }
  }
}

function fetchOf({ onSend }: ClientSetup): typeof fetch {
  return (...handed) => {
    onSend?.(...handed)
    return fetch(...handed)
  }
}

function retryOf({ retries }: ClientSetup): NonNullable<Options['retry']> {
  return { limit: retries, delay: () => 0 }
}

/** The majors call hooks with other arguments. */
function hooksOf({ hooks }: ClientSetup): NonNullable<Options['hooks']> {
  if (!hooks) return {}
  return {
    beforeRequest: [(...shown: readonly unknown[]) => hooks.onRequest(...shown)],
    afterResponse: [(...shown: readonly unknown[]) => hooks.onAnswer(statusAmong(shown), ...shown)],
  }
}

function statusAmong(shown: readonly unknown[]): number {
  const responses = shown.map((it) => (isHolder(it) ? it.response : it))
  return responses.find((it) => it instanceof Response)?.status ?? 0
}

function isHolder(value: unknown): value is { readonly response: unknown } {
  return typeof value === 'object' && value !== null && 'response' in value
}

function optionsOf({ method, headers, body, json, signal, timeoutMs, options }: ContractRequest): Options {
  return {
    method,
    headers,
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    // What ky takes is what its fetch takes, streams too.
    ...(body !== undefined && { body: body as NonNullable<Options['body']> }),
    ...(json !== undefined && { json }),
    ...options,
  }
}

async function answerOf(answer: Promise<Response>): Promise<ContractAnswer> {
  try {
    return await textOf(await answer)
  } catch (error) {
    if (!isHolder(error) || !(error.response instanceof Response)) throw error
    return { ...(await textOf(error.response, Reflect.get(error, 'data'))), shown: error }
  }
}

/** ky 2 has read the answer of an error into its `data`. */
async function textOf(response: Response, data?: unknown): Promise<ContractAnswer> {
  const ofError = typeof data === 'string' ? data : ''
  const text = response.bodyUsed ? ofError : await response.text()
  return { status: response.status, url: response.url, text, shown: response }
}
