import { type CasResult, isCredentialError, type StoreRead, type TokenStore } from '@valetkey/core'
import { boundedWait, invalidOption } from '@valetkey/core/kit'
import { type SqliteValue, sqliteStore } from '@valetkey/store-sqlite'

export const PACKAGE = '@valetkey/store-durable-object'

/** What `TokenRecords` uses of the state that the platform gives a Durable Object of a class with SQLite. */
export interface SqlStorageState {
  readonly storage: {
    readonly sql: { exec(sql: string, ...values: SqliteValue[]): { toArray(): readonly unknown[] } }
  }
}

/** What `durableObjectStore` asks a Durable Object, as JSON. */
export type Question =
  | { readonly ask: 'get'; readonly key: string }
  | {
      readonly ask: 'compareAndSet'
      readonly key: string
      readonly expected?: string | undefined
      readonly value: string
      readonly retainMs?: number | undefined
    }
  | { readonly ask: 'wait'; readonly key: string; readonly version?: string | undefined; readonly timeoutMs: number }
  | { readonly ask: 'list' }

/** The result of each question. */
export interface Results {
  readonly get: StoreRead
  readonly compareAndSet: CasResult
  /** Whether the version has changed. */
  readonly wait: boolean
  readonly list: readonly string[]
}

export type Answer =
  | { readonly result: Results[Question['ask']] }
  | { readonly error: { readonly code: string; readonly message: string; readonly option?: string | undefined } }

/**
 * The class of the Durable Object that keeps the records: export it from the Worker, and name it in `new_sqlite_classes` of
 * a migration. It answers only `durableObjectStore`. It is a class because the platform constructs it.
 */
export class TokenRecords {
  /** Cloudflare's types recognise a Durable Object by this member. */
  declare readonly __DURABLE_OBJECT_BRAND: never
  readonly #store: TokenStore
  /** Ends the waits for a change, by key. All writes go through this object. */
  readonly #waiting = new Map<string, Set<() => void>>()

  constructor(state: SqlStorageState) {
    this.#store = sqliteStore({ execute: async ({ sql, args }) => ({ rows: rowsOf(state, sql, args) }) })
  }

  async fetch(request: Request): Promise<Response> {
    let answer: Answer
    try {
      answer = { result: await this.#answer((await request.json()) as Question, request.signal) }
    } catch (error) {
      answer = { error: partsOf(error) }
    }
    return Response.json(answer)
  }

  async #answer(question: Question, signal: AbortSignal): Promise<Results[Question['ask']]> {
    const { key } = { key: '', ...question }
    switch (question.ask) {
      case 'get':
        return await this.#store.get(key)
      case 'compareAndSet': {
        const { expected, value, retainMs } = question
        const written = await this.#store.compareAndSet(key, expected, value, { retainMs })
        if (written.ok) for (const end of this.#waiting.get(key) ?? []) end()
        return written
      }
      case 'wait': {
        const hasChanged = async () => (await this.#store.get(key)).version !== question.version
        await boundedWait({ timeoutMs: question.timeoutMs, signal }, (end) => {
          this.#waiting.set(key, (this.#waiting.get(key) ?? new Set()).add(end))
          void hasChanged().then((changed) => changed && end(), end)
          return () => {
            const waiting = this.#waiting.get(key)
            waiting?.delete(end)
            if (waiting?.size === 0) this.#waiting.delete(key)
          }
        })
        return await hasChanged()
      }
      case 'list': {
        const keys: string[] = []
        for await (const key of this.#store.list?.() ?? []) keys.push(key)
        return keys
      }
    }
  }
}

function rowsOf({ storage }: SqlStorageState, sql: string, args: readonly SqliteValue[]): readonly unknown[] {
  try {
    return storage.sql.exec(sql, ...args).toArray()
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    if (message.startsWith('SQL is not enabled')) {
      throw invalidOption(PACKAGE, 'namespace', 'has no SQLite: name the class in "new_sqlite_classes"')
    }
    // The message of the platform ends with SQLite's result code.
    throw Object.assign(new Error(message), { code: /SQLITE_[A-Z_]+/.exec(message)?.[0] })
  }
}

function partsOf(error: unknown): Extract<Answer, { readonly error: unknown }>['error'] {
  if (isCredentialError(error, 'invalid_option'))
    return { code: error.code, message: error.message, option: error.option }
  if (isCredentialError(error)) return { code: error.code, message: error.message }
  return { code: 'store_unavailable', message: 'the Durable Object did not understand the question' }
}
