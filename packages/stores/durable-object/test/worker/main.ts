import {
  type DurableObjects,
  durableObjectStore,
  type SqlStorageState,
  TokenRecords,
} from '@valetkey/store-durable-object'
import { type StoreUnderTest, storeContract } from '@valetkey/testing'

/** As `TokenRecords`, whose time a test can move. */
export class MovableRecords extends TokenRecords {
  readonly #state: SqlStorageState
  constructor(state: SqlStorageState) {
    super(state)
    this.#state = state
  }
  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname !== '/move') return await super.fetch(request)
    const table = 'update valetkey_tokens set drop_at = drop_at - ?'
    this.#state.storage.sql.exec(table, Number(searchParams.get('ms'))).toArray()
    return new Response()
  }
}

/** Of a class that the platform gives no SQLite (`new_classes`). */
export class RecordsWithoutSql extends TokenRecords {}

/** A class that is no `TokenRecords`. */
export class OtherObject {
  fetch(): Response {
    return Response.json('hello')
  }
}

interface Environment {
  readonly TOKENS: DurableObjects
  readonly OTHER: DurableObjects
  readonly WITHOUT_SQL: DurableObjects
}

const cases = new Map<string, (environment: Environment) => Promise<void>>()
let environment: Environment | undefined

async function makeStore(): Promise<StoreUnderTest> {
  const { TOKENS } = environment!
  const name = crypto.randomUUID()
  return {
    store: durableObjectStore(TOKENS, { name }),
    another: async () => durableObjectStore(TOKENS, { name }),
    async advance(ms) {
      const init = { method: 'POST', body: '' }
      await TOKENS.get(TOKENS.idFromName(name)).fetch(`https://token-records/move?ms=${ms}`, init)
    },
  }
}

let group = ''
storeContract(
  {
    describe(name, define) {
      group = name.replace('store contract: ', '')
      define()
    },
    test(name, run) {
      cases.set(`${group}: ${name}`, async (given) => {
        environment = given
        await run()
      })
    },
  },
  makeStore,
  { cannot: { clock: 'that of the platform' } },
)

/** Adds 1 to the counter until one of its writes wins. */
async function count(namespace: DurableObjects): Promise<number> {
  const store = durableObjectStore(namespace, { name: 'counting' })
  for (;;) {
    const { version, value } = await store.get('counter')
    const next = Number(value ?? 0) + 1
    if ((await store.compareAndSet('counter', version, String(next))).ok) return next
  }
}

/** What went wrong, as JSON; `null`: nothing. */
async function complaintOf(work: Promise<unknown>): Promise<Response> {
  try {
    await work
    return Response.json(null)
  } catch (error) {
    const { code, option } = error as { readonly code?: string; readonly option?: string }
    return Response.json({ message: (error as Error).message, code, option })
  }
}

export default {
  async fetch(request: Request, given: Environment): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const store = durableObjectStore(given.TOKENS, { name: searchParams.get('name') ?? 'valetkey' })
    switch (pathname) {
      case '/cases':
        return Response.json([...cases.keys()])
      case '/case':
        return await complaintOf(cases.get(searchParams.get('name') ?? '')!(given))
      case '/count':
        return Response.json(await count(given.TOKENS))
      case '/read':
        return Response.json(await store.get(searchParams.get('key') ?? ''))
      case '/write': {
        const { version } = await store.get('key')
        return Response.json(await store.compareAndSet('key', version, searchParams.get('value') ?? ''))
      }
      case '/wait': {
        const { version } = await store.get('key')
        await store.waitForChange('key', version, { timeoutMs: 600_000 })
        return Response.json((await store.get('key')).value)
      }
      case '/other':
        return await complaintOf(durableObjectStore(given.OTHER).get('key'))
      case '/without-sql':
        return await complaintOf(durableObjectStore(given.WITHOUT_SQL).get('key'))
      case '/too-large':
        return await complaintOf(store.compareAndSet('large', undefined, 'canary'.repeat(500_000)))
      default:
        return new Response(null, { status: 404 })
    }
  },
}
