import { attachCredential } from '@valetkey/axios'
import { createApiKeyCredential, createTokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { postgresStore } from '@valetkey/store-postgres'
import { redisStore } from '@valetkey/store-redis'
import axios from 'axios'
import { afterEach, describe, expect, test } from 'vitest'
import { packageFolders, readWorkspace } from './boundaries/workspace.ts'
import { DOORS } from './own-members/doors.ts'
import { optionNames } from './own-members/option-names.ts'

const OURS = /^packages\/(core|oauth2|mcp|otel|(clients|stores|vendors|catalogue)\/[a-z0-9-]+)$/
const folders = packageFolders().filter((folder) => OURS.test(folder))
const names = optionNames(folders)

const polluted = new Set<string>()

afterEach(() => {
  for (const name of polluted) Reflect.deleteProperty(Object.prototype, name)
  polluted.clear()
})

function pollute(members: Readonly<Record<string, PropertyDescriptor>>): void {
  for (const [name, member] of Object.entries(members)) {
    polluted.add(name)
    Object.defineProperty(Object.prototype, name, { configurable: true, ...member })
  }
}

test('every export of every package is listed: how it is used, or why it takes no options', async () => {
  const manifests = readWorkspace().filter(({ folder }) => OURS.test(folder))
  const found = await Promise.all(
    manifests
      .flatMap(({ manifest: { name, exports } }) => doorsOf(exports).map((door) => `${name}${door}`))
      .map(async (name) => functionsOf(await import(name)).map((path) => `${name} ${path}`)),
  )
  expect(found.flat().toSorted()).toEqual(Object.keys(DOORS).toSorted())
})

/** `''`, `/kit`, … */
function doorsOf(exported: object = {}): string[] {
  return Object.keys(exported).flatMap((path) => (path.endsWith('.json') ? [] : [path.slice(1)]))
}

function functionsOf(exported: object): string[] {
  return Object.entries(exported).flatMap(([name, value]) => {
    if (typeof value === 'function') return [name]
    return typeof value === 'object' ? functionsOf(Object(value)).map((member) => `${name}.${member}`) : []
  })
}

describe('no option is read from a prototype', () => {
  test('the options are known', () => {
    expect(names).toEqual(
      expect.arrayContaining(['account', 'origins', 'allowInsecureRequests', 'replay', 'prefix', 'table']),
    )
  })

  const doors = Object.entries(DOORS).flatMap(([name, use]) => (typeof use === 'string' ? [] : [[name, use] as const]))

  test.each(doors)('%s', async (_, use) => {
    const reads = new Set<string>()
    pollute(Object.fromEntries(names.map((name) => [name, noting(name, reads)])))
    await use()
    expect([...reads]).toEqual([])
  })
})

/** The `init` of a request is read as fetch reads it: with what it inherits. */
const READS_INIT = /clients\/fetch\/src\/(exchange|headers|request)/

/** Notes who reads a member that an object does not have itself, where that is one of the packages. */
function noting(name: string, reads: Set<string>): PropertyDescriptor {
  return {
    get() {
      const [, , caller = ''] = String(new Error(name).stack).split('\n')
      const place = /packages\/(?:core|oauth2|mcp|otel|clients|stores|vendors|catalogue)\/.*?\/?src\/[\w./-]+:\d+/.exec(
        caller,
      )
      if (place && !READS_INIT.test(place[0])) reads.add(`${name} at ${place[0]}`)
      return undefined
    },
    set(value) {
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
    },
  }
}

describe('what stands on Object.prototype', () => {
  const origins = ['https://api.acme.example']
  const definition = {
    vendor: 'acme',
    origins,
    identity: [],
    grant: { acquire: async () => ({ accessToken: 'token' }) },
  }
  const key = { vendor: 'acme', origins, apiKey: 'key-1' }

  test('is nobody’s account', () => {
    pollute({ account: { value: 'attacker' } })
    expect(createTokenCredential(definition, {}).account).toBe('default')
    expect(createApiKeyCredential(key).account).toBe('default')
  })

  test('is no origin, and no permission for plain http', () => {
    pollute({ origins: { value: ['https://evil.example'] }, allowInsecureRequests: { value: true } })
    const { origins: _, ...withoutOrigins } = definition
    expect(() => createTokenCredential(withoutOrigins as never)).toThrow('"origins"')
    expect(() => createApiKeyCredential({ ...key, origins: ['http://localhost'] })).toThrow('must be https')
  })

  test('is no place for the token', async () => {
    pollute({
      place: { value: () => ({ query: { token: 'everywhere' } }) },
      carries: { value: { headers: [], query: ['token'] } },
    })
    expect(createApiKeyCredential(key).carries).toEqual({ headers: ['authorization'], query: [] })
    const { headers } = await createTokenCredential(definition).authorization()
    expect(headers).toEqual({ authorization: 'Bearer token' })
  })

  test('does not keep a refused request from being sent again', async () => {
    const keys = ['key-1', 'key-2']
    let sent = 0
    const answer = async () => {
      sent += 1
      return new Response(null, { status: sent % 2 === 1 ? 401 : 200 })
    }
    const credential = () => {
      const left = [...keys]
      return createApiKeyCredential({
        ...key,
        apiKey: async () => left.shift() ?? 'key-3',
        carries: { headers: ['authorization'], query: [] },
      })
    }
    pollute({ replay: { value: false } })
    expect((await withCredential(answer as typeof fetch, credential(), {})(`${origins[0]}/v1`)).status).toBe(200)
    const http = axios.create({
      adapter: async (config) => ({
        config,
        data: '',
        headers: {},
        statusText: '',
        status: (await answer()).status,
        request: undefined,
      }),
    })
    attachCredential(http, credential(), {})
    expect((await http.get(`${origins[0]}/v1`)).status).toBe(200)
  })

  test('is no name in a store', async () => {
    const asked: unknown[] = []
    const ask = async (...args: unknown[]) => {
      asked.push(args)
      throw new Error('not reached')
    }
    pollute({ prefix: { value: 'attacker:' }, table: { value: 'attacker_tokens' } })
    await redisStore({ eval: ask, evalsha: ask, pipeline: ask } as never, {})
      .get('k')
      .catch(() => {})
    await postgresStore({ query: ask }, {})
      .get('k')
      .catch(() => {})
    expect(JSON.stringify(asked)).toContain('valetkey:{k}')
    expect(JSON.stringify(asked)).toContain('valetkey_tokens')
    expect(JSON.stringify(asked)).not.toContain('attacker')
  })
})
