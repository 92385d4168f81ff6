import { isCredentialError, type TokenStore } from '@valetkey/core'
import {
  boundedWait,
  CredentialError,
  hasMethods,
  invalidOption,
  knownOptions,
  type OptionNames,
} from '@valetkey/core/kit'
import { type Answer, PACKAGE, type Question, type Results } from './token-records.ts'

const VENDOR = { vendor: 'store-durable-object' }

/** What the store uses of a binding to Durable Objects (`DurableObjectNamespace`). */
export interface DurableObjects {
  idFromName(name: string): object
  get(id: object): {
    /** @param init as of the platform's `fetch` */
    fetch(url: string, init: object): Promise<{ json(): Promise<unknown> }>
  }
}

export interface DurableObjectStoreOptions {
  /** Name of the Durable Object; stores with the same name share their records. @default 'valetkey' */
  readonly name?: string | undefined
}

const OPTIONS: OptionNames<DurableObjectStoreOptions> = { name: true }

/** The longest wait of one request to the Durable Object: it ends soon after its caller is gone. */
const WAIT_LIMIT_MS = 10_000

/**
 * Keeps tokens in a Durable Object, for all Workers that have the binding. A process that waits for another process's refresh
 * learns of it immediately.
 * @param namespace the binding to the class `TokenRecords`, e.g. `env.TOKENS`
 * @throws CredentialError `invalid_option`
 */
export function durableObjectStore(
  namespace: DurableObjects,
  options: DurableObjectStoreOptions = {},
): Required<TokenStore> {
  const { name = 'valetkey' } = knownOptions(PACKAGE, options, OPTIONS)
  if (typeof name !== 'string' || name === '') throw invalidOption(PACKAGE, 'name', 'must be a non-empty string')
  if (!hasMethods(namespace, ['idFromName', 'get'])) {
    throw invalidOption(PACKAGE, 'namespace', 'must be a binding to Durable Objects, such as env.TOKENS')
  }

  const ask = async <Ask extends Question['ask']>(
    question: Extract<Question, { readonly ask: Ask }>,
    signal?: AbortSignal,
  ): Promise<Results[Ask]> => {
    let answer: unknown
    try {
      // A new stub each time: it can be used only in the request that created it.
      const stub = namespace.get(namespace.idFromName(name))
      const body = JSON.stringify(question)
      const response = await stub.fetch('https://token-records/', { method: 'POST', body, ...(signal && { signal }) })
      answer = await response.json()
    } catch (error) {
      throw new CredentialError(
        'store_unavailable',
        `[${PACKAGE}] the Durable Object gave no answer (${nameOf(error)})`,
        VENDOR,
      )
    }
    if (!isAnswer(answer)) throw invalidOption(PACKAGE, 'namespace', 'is a binding to another class than TokenRecords')
    if ('error' in answer) throw errorOf(answer.error)
    return answer.result as Results[Ask]
  }

  return {
    specVersion: 'v1',
    get: (key) => ask({ ask: 'get', key }),
    compareAndSet: async (key, expected, value, { retainMs } = {}) =>
      await ask({ ask: 'compareAndSet', key, expected, value, retainMs }),
    async waitForChange(key, version, { timeoutMs, signal }) {
      let failure: CredentialError | undefined
      await boundedWait({ timeoutMs, signal }, (end) => {
        const over = new AbortController()
        const listen = async (): Promise<void> => {
          while (!over.signal.aborted) {
            const limited = Math.min(timeoutMs, WAIT_LIMIT_MS)
            if (await ask({ ask: 'wait', key, version, timeoutMs: limited }, over.signal)) return end()
          }
        }
        listen().catch((error: unknown) => {
          if (isCredentialError(error) && !over.signal.aborted) failure = error
          end()
        })
        return () => over.abort()
      })
      // Core then polls the store.
      if (failure) throw failure
    },
    async *list() {
      yield* await ask({ ask: 'list' })
    },
  }
}

function isAnswer(answer: unknown): answer is Answer {
  return typeof answer === 'object' && answer !== null && ('result' in answer || 'error' in answer)
}

/** The error of the Durable Object, with the name of this package. */
function errorOf({ code, message, option }: Extract<Answer, { readonly error: unknown }>['error']): CredentialError {
  const words = message.replace(/^\[[^\]]*\] /, '')
  if (code === 'record_unreadable') return new CredentialError(code, `[${PACKAGE}] ${words}`, VENDOR)
  if (code !== 'invalid_option') return new CredentialError('store_unavailable', `[${PACKAGE}] ${words}`, VENDOR)
  return new CredentialError(code, `[${PACKAGE}] ${words}`, { ...VENDOR, option: option ?? 'namespace' })
}

/** The platform's message is not passed on: it may be an error message of the program in the Durable Object. */
function nameOf(error: unknown): string {
  const { name }: { readonly name?: unknown } = typeof error === 'object' && error !== null ? error : {}
  return typeof name === 'string' ? name : 'unknown'
}
