import { instrument } from '@valetkey/otel'
import { publishEvents } from '@valetkey/otel/diagnostics'
import { expect, test } from 'vitest'
import { createWorld } from './support/world.ts'

const call = (instrumented: unknown, options?: unknown) => () =>
  Reflect.apply(instrument, undefined, [instrumented, options])

test.each([
  ['no credential', () => [{}, undefined], 'credentials'],
  ['a list with something else in it', (credential: unknown) => [[credential, undefined], undefined], 'credentials'],
  ['a tracer provider', (credential: unknown) => [credential, { tracer: { getTracer: () => {} } }], 'tracer'],
  ['a meter provider', (credential: unknown) => [credential, { meter: { getMeter: () => {} } }], 'meter'],
  ['a text for the account', (credential: unknown) => [credential, { account: 'hash' }], 'account'],
  ['an account that is no text', (credential: unknown) => [credential, { account: () => 7 }], 'account'],
  ['an option that is none', (credential: unknown) => [credential, { meters: {} }], 'meters'],
])('%s is an invalid option that is named', async (_, argumentsOf, option) => {
  const { program } = await createWorld()
  const [credentials, options] = argumentsOf(program())
  expect(call(credentials, options)).toThrow(
    expect.objectContaining({ code: 'invalid_option', option, message: expect.stringContaining('[@valetkey/otel]') }),
  )
})

test('the channel takes credentials only', () => {
  const publish = () => Reflect.apply(publishEvents, undefined, [{}])
  expect(publish).toThrow(expect.objectContaining({ code: 'invalid_option', option: 'credentials' }))
})

test('what "account" throws is thrown at once', async () => {
  const { program } = await createWorld()
  const account = () => {
    throw new Error('no key to hash with')
  }
  expect(call(program(), { account })).toThrow('no key to hash with')
})
