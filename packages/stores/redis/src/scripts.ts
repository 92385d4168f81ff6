/** A Lua script and its name in Redis's script cache. */
export interface Script {
  readonly source: string
  /** SHA-1 of the source, in hex. */
  sha(): Promise<string>
}

/** KEYS: the record. Returns {time in ms}, followed by the versions and the value if the key exists. */
const READ = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then return {now} end
local record = redis.call('HMGET', KEYS[1], 'versions', 'value')
return {now, record[1], record[2]}
`

/**
 * KEYS: the record. ARGV: expected version ('': none), new version, value, ms to keep ('': permanently), channel, prefix of
 * the announcement. Returns 1 or 0. It keeps the last versions, newest first: a client may repeat a command if the connection
 * was lost before the reply, and a write that was applied the first time must then still count as written.
 */
const WRITE = `
local versions = redis.call('HGET', KEYS[1], 'versions') or ''
if string.find(versions, ARGV[2], 1, true) then return 1 end
if string.sub(versions, 1, 36) ~= ARGV[1] then return 0 end
if versions == '' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
versions = string.sub(ARGV[2] .. versions, 1, 8 * 36)
redis.call('HSET', KEYS[1], 'versions', versions, 'value', ARGV[3])
if ARGV[4] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
redis.pcall('PUBLISH', ARGV[5], ARGV[6] .. versions)
return 1
`

/** KEYS: any. Returns the key as Redis stores it: clients may add their own prefix. */
const NAME = 'return KEYS[1]'

export interface Scripts {
  readonly read: Script
  readonly write: Script
  readonly name: Script
}

export function createScripts(): Scripts {
  return { read: createScript(READ), write: createScript(WRITE), name: createScript(NAME) }
}

/** Prefix of the announcement of a write that only extends a lease. */
export const EXTENSION = '+'

/** The newest of the versions that a record keeps. */
export function newestVersion(versions: string): string {
  return versions.slice(0, 36)
}

/** The versions before it. */
export function olderVersions(versions: string): string {
  return versions.slice(36)
}

function createScript(source: string): Script {
  let sha: Promise<string> | undefined
  return {
    source,
    sha() {
      sha ??= sha1(source)
      return sha
    },
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
