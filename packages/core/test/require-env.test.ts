import { requireEnv } from '@valetkey/core'
import { expect, test } from 'vitest'

test('requireEnv gives the value of a variable', () => {
  expect(requireEnv({ ACME_CLIENT_ID: 'boat-app' }, 'ACME_CLIENT_ID')).toBe('boat-app')
})

test.each([
  [{}, 'is not set'],
  [{ ACME_CLIENT_ID: undefined }, 'is not set'],
  [{ ACME_CLIENT_ID: '' }, 'is empty'],
  [{ ACME_CLIENT_ID: { get: 's3cret' } }, 'must be a string, not an object'],
  [Object.create({ ACME_CLIENT_ID: 'inherited' }), 'is not set'],
])('requireEnv names the variable of %o, which %s, and no value', (env, problem) => {
  expect(() => requireEnv(env, 'ACME_CLIENT_ID')).toThrow(
    expect.objectContaining({
      code: 'invalid_option',
      option: 'ACME_CLIENT_ID',
      message: `[environment] "ACME_CLIENT_ID" ${problem}`,
    }),
  )
})

test('requireEnv takes the environment of the process', () => {
  expect(requireEnv(process.env, 'PATH')).toBe(process.env.PATH)
})

test('requireEnv takes the typed environment of a Worker, whose names are checked', () => {
  interface Env {
    readonly CLIENT_SECRET: string
  }
  const env: Env = { CLIENT_SECRET: 'worker-secret' }
  expect(requireEnv(env, 'CLIENT_SECRET')).toBe('worker-secret')
  // @ts-expect-error: no variable of this Worker has this name
  expect(() => requireEnv(env, 'CLIENT_SECRETS')).toThrow('"CLIENT_SECRETS" is not set')
})
