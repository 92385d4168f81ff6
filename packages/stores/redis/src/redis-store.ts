import type { StoreRead, TokenStore } from '@valetkey/core'
import type { Connection, Evaluated, Wait } from './connection.ts'
import { isScriptMissing, storeError, unavailable, unreadable } from './errors.ts'
import { type RedisClient, type RedisStoreOptions, redisSettings } from './options.ts'
import { listOf, textOf } from './reply.ts'
import { createScripts, EXTENSION, newestVersion, type Script } from './scripts.ts'

/**
 * Keeps each record in one hash of the Redis that `client` is connected to; the connection stays the caller's. Safe for
 * concurrent use by any number of processes.
 * @throws CredentialError `invalid_option`
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): TokenStore {
  const { connection, prefix, watch, wait } = redisSettings(client, options)
  const { read, write, name } = createScripts()
  const nameOf = (key: string): string => `${prefix}{${key}}`

  const get: TokenStore['get'] = async (key) => {
    const { reply } = await evaluate(connection, read, nameOf(key))
    return parseRead(reply, nameOf(key))
  }

  return {
    specVersion: 'v1',
    get,
    async compareAndSet(key, expected, value, { retainMs, isExtension } = {}) {
      if (expected === '') return { ok: false }
      const version = crypto.randomUUID()
      const keepMs = retainMs === undefined ? '' : String(Math.ceil(retainMs))
      const args = [expected ?? '', version, value, keepMs, nameOf(key), isExtension ? EXTENSION : '']
      const { reply, confirmed } = await evaluate(connection, write, nameOf(key), args, wait)
      if (Number(reply) !== 1) return { ok: false }
      assertConfirmed(confirmed, wait)
      return { ok: true, version }
    },
    ...(watch && {
      waitForChange: (key, version, waitOptions) =>
        watch.wait(nameOf(key), version, async () => (await get(key)).version !== version, waitOptions),
    }),
    async *list() {
      const { reply } = await evaluate(connection, name, `${prefix}{`)
      yield* keysBehind(connection, textOf(reply))
    },
  }
}

/** Runs the script by its name in the script cache, which is lost when the server restarts. */
async function evaluate(
  connection: Connection,
  { source, sha }: Script,
  key: string,
  args: readonly string[] = [],
  wait?: Wait,
): Promise<Evaluated> {
  const evaluation = { key, args, wait }
  try {
    return await connection.evaluate({ command: 'evalSha', script: await sha(), ...evaluation }).catch((error) => {
      if (!isScriptMissing(error)) throw error
      return connection.evaluate({ command: 'eval', script: source, ...evaluation })
    })
  } catch (error) {
    throw storeError(error, key)
  }
}

function parseRead(reply: unknown, name: string): StoreRead {
  const [time, versions, value] = listOf(reply)
  const now = Number(time)
  if (!Number.isFinite(now)) throw unavailable('the client gives answers that are not of Redis')
  if (versions === undefined) return { now }
  const version = newestVersion(textOf(versions ?? ''))
  if (version === '' || value === null) throw unreadable(name, 'is a hash without the version or the value of a record')
  return { now, version, value: textOf(value) }
}

function assertConfirmed(confirmed: unknown, wait: Wait | undefined): void {
  if (wait === undefined || Number(confirmed) >= wait.replicas) return
  throw unavailable(`the write was not confirmed by ${wait.replicas} replicas within ${wait.timeoutMs} ms`)
}

/** The keys of the records whose names begin with `start`. */
async function* keysBehind(connection: Connection, start: string): AsyncGenerator<string> {
  const seen = new Set<string>()
  try {
    for await (const names of connection.scan(`${start.replaceAll(/[\\*?[\]^]/g, '\\$&')}*}`)) {
      const fresh = names.filter((name) => !seen.has(name) && seen.add(name))
      yield* fresh.map((name) => name.slice(start.length, -1))
    }
  } catch (error) {
    throw storeError(error, start)
  }
}
