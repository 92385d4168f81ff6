import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../src/vendors/environment.ts'
import { SetupError } from '../src/vendors/setup-error.ts'

const FLUME = {
  VALETKEY_FLUME_CLIENT_ID: 'id',
  VALETKEY_FLUME_CLIENT_SECRET: 'canary-secret',
  VALETKEY_FLUME_USERNAME: 'robin@example.com',
  VALETKEY_FLUME_PASSWORD: 'canary-password',
}
const BLUESONDE = {
  VALETKEY_BLUESONDE_API_KEY: 'canary-key',
  VALETKEY_BLUESONDE_BASE_URL: 'https://api.example.com',
  VALETKEY_BLUESONDE_PATH: '/v1/devices',
}
const M2M = {
  VALETKEY_M2M_BASE_URL: 'https://api.example.com:8443/',
  VALETKEY_M2M_CLIENT_ID: 'id',
  VALETKEY_M2M_CLIENT_SECRET: 'canary-secret',
  VALETKEY_M2M_PATH: '/v1/items',
}
const AIRTHINGS = { VALETKEY_AIRTHINGS_CLIENT_ID: 'id', VALETKEY_AIRTHINGS_CLIENT_SECRET: 'canary-secret' }

const FLOWLU_USER = {
  VALETKEY_FLOWLU_COMPANY: 'acme',
  VALETKEY_FLOWLU_TOKEN_URL: 'https://login.example.com/token',
  VALETKEY_FLOWLU_CLIENT_ID: 'id',
  VALETKEY_FLOWLU_USERNAME: 'robin@example.com',
  VALETKEY_FLOWLU_PASSWORD: 'canary-password',
}
const FLOWLU_KEY = { VALETKEY_FLOWLU_COMPANY: 'acme', VALETKEY_FLOWLU_API_KEY: 'canary-key' }

const ALL = { ...FLUME, ...AIRTHINGS, ...BLUESONDE, ...M2M, ...FLOWLU_USER }

function problem(variables: Readonly<Record<string, string>>): string {
  try {
    readEnvironment(variables)
  } catch (error) {
    if (error instanceof SetupError) return error.message
    throw error
  }
  return 'no problem'
}

describe('the environment', () => {
  test('without variables: every vendor simulated, port 4180', () => {
    expect(readEnvironment({})).toEqual({ port: 4180 })
  })

  test('.env.example as it is changes nothing, and names every variable', () => {
    const example = parseEnv(readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8'))
    expect(readEnvironment(example)).toEqual(readEnvironment({}))
    const names = [
      ...Object.keys({ ...ALL, ...FLOWLU_KEY }),
      'VALETKEY_AIRTHINGS_API',
      'REDIS_URL',
      'DATABASE_URL',
      'PORT',
    ]
    expect(Object.keys(example).toSorted()).toEqual(names.toSorted())
  })

  test('with all four of Flume: that account', () => {
    expect(readEnvironment(FLUME).flume).toEqual({
      clientId: 'id',
      clientSecret: 'canary-secret',
      username: 'robin@example.com',
      password: 'canary-password',
    })
  })

  test('with both of Airthings: the consumer API, unless the business API is named', () => {
    const account = { clientId: 'id', clientSecret: 'canary-secret' }
    expect(readEnvironment(AIRTHINGS).airthings).toEqual({ ...account, api: 'consumer' })
    const business = readEnvironment({ ...AIRTHINGS, VALETKEY_AIRTHINGS_API: 'business' })
    expect(business.airthings).toEqual({ ...account, api: 'business' })
  })

  test('with all of Bluesonde and of m2m: these accounts, and what to read there', () => {
    expect(readEnvironment({ ...BLUESONDE, ...M2M })).toMatchObject({
      bluesonde: { apiKey: 'canary-key', baseUrl: 'https://api.example.com', path: '/v1/devices' },
      m2m: {
        baseUrl: 'https://api.example.com:8443/',
        clientId: 'id',
        clientSecret: 'canary-secret',
        path: '/v1/items',
      },
    })
  })

  test('Flowlu has a key, a user or both, and a company for each', () => {
    const key = { company: 'acme', apiKey: 'canary-key' }
    const user = {
      company: 'acme',
      tokenUrl: 'https://login.example.com/token',
      clientId: 'id',
      username: 'robin@example.com',
      password: 'canary-password',
    }
    expect(readEnvironment(FLOWLU_KEY)).toEqual({ port: 4180, flowluKey: key })
    expect(readEnvironment(FLOWLU_USER)).toEqual({ port: 4180, flowluUser: user })
    expect(readEnvironment({ ...FLOWLU_KEY, ...FLOWLU_USER })).toEqual({
      port: 4180,
      flowluKey: key,
      flowluUser: user,
    })
  })

  test('Flowlu: the other variable of a key is asked for', () => {
    const [company, apiKey] = ['VALETKEY_FLOWLU_COMPANY', 'VALETKEY_FLOWLU_API_KEY']
    expect(problem({ [company]: 'acme' })).toBe(`${company} is set, so these must be set too: ${apiKey}`)
    expect(problem({ [apiKey]: 'canary' })).toBe(`${apiKey} is set, so these must be set too: ${company}`)
  })

  test('Flowlu: a company is no host, and a token URL has a path', () => {
    expect(problem({ ...FLOWLU_KEY, VALETKEY_FLOWLU_COMPANY: 'acme.flowlu.com' })).toBe(
      'VALETKEY_FLOWLU_COMPANY must be like acme, for https://acme.flowlu.com',
    )
    for (const url of ['login.example.com/token', 'http://login.example.com/token', 'https://login.example.com']) {
      expect(problem({ ...FLOWLU_USER, VALETKEY_FLOWLU_TOKEN_URL: url })).toBe(
        'VALETKEY_FLOWLU_TOKEN_URL must be like https://login.example.com/token',
      )
    }
  })

  test.each(['api.example.com', 'http://api.example.com', 'https://u:canary@api.example.com', 'https://a.example/v1'])(
    '%s is no base URL',
    (url) => {
      const expected = 'must be like https://api.example.com'
      expect(problem({ ...BLUESONDE, VALETKEY_BLUESONDE_BASE_URL: url })).toBe(
        `VALETKEY_BLUESONDE_BASE_URL ${expected}`,
      )
      expect(problem({ ...M2M, VALETKEY_M2M_BASE_URL: url })).toBe(`VALETKEY_M2M_BASE_URL ${expected}`)
    },
  )

  test('a path begins with a slash', () => {
    expect(problem({ ...M2M, VALETKEY_M2M_PATH: 'v1/items' })).toBe('VALETKEY_M2M_PATH must begin with "/"')
  })

  test.each(Object.keys(ALL))('names %s when only that one is missing', (missing) => {
    const { [missing]: _, ...others }: Readonly<Record<string, string>> = ALL
    expect(problem(others)).toMatch(new RegExp(`^VALETKEY_\\w+ is set, so these must be set too: ${missing}$`))
  })

  test('an empty variable counts as one that is missing', () => {
    expect(problem({ ...FLUME, VALETKEY_FLUME_PASSWORD: '' })).toContain('VALETKEY_FLUME_PASSWORD')
  })

  test('an API of Airthings without a client names the client’s variables', () => {
    expect(problem({ VALETKEY_AIRTHINGS_API: 'business' })).toBe(
      'VALETKEY_AIRTHINGS_API is set, so these must be set too: VALETKEY_AIRTHINGS_CLIENT_ID, VALETKEY_AIRTHINGS_CLIENT_SECRET',
    )
  })

  test('an API of Airthings that does not exist is refused', () => {
    expect(problem({ ...AIRTHINGS, VALETKEY_AIRTHINGS_API: 'canary' })).toBe(
      'VALETKEY_AIRTHINGS_API must be "consumer" or "business"',
    )
  })

  test.each(['80a', '-1', '65536', '4180 '])('PORT=%s is refused', (port) => {
    expect(problem({ PORT: port })).toContain('PORT must be a number from 0 to 65535')
  })

  test('a Redis or a database for the tokens is taken', () => {
    const urls = { REDIS_URL: 'redis://127.0.0.1', DATABASE_URL: 'postgres://127.0.0.1/boats' }
    expect(readEnvironment(urls)).toEqual({
      port: 4180,
      redisUrl: urls.REDIS_URL,
      databaseUrl: urls.DATABASE_URL,
    })
  })

  test('PORT=8080 is taken', () => {
    expect(readEnvironment({ PORT: '8080' }).port).toBe(8080)
  })
})
