import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { CREDENTIAL_CHANNEL, type CredentialMessage, publishEvents } from '@valetkey/otel/diagnostics'
import { expect, onTestFinished, test } from 'vitest'
import { createWorld } from './support/world.ts'

/** Every message from now on, with the request that it came from. */
function listen() {
  const requests = new AsyncLocalStorage<string>()
  const messages: (readonly [string | undefined, CredentialMessage])[] = []
  const hear = (message: unknown): void => {
    messages.push([requests.getStore(), message as CredentialMessage])
  }
  subscribe('valetkey:credential', hear)
  const end = () => unsubscribe('valetkey:credential', hear)
  onTestFinished(() => void end())
  return { requests, messages, end }
}

test('subscribers get each event as its listeners do, in the context of the request that caused it', async () => {
  const { vendor, clock, signedIn } = await createWorld()
  const credential = await signedIn()
  const { requests, messages } = listen()
  publishEvents(credential)
  const events: unknown[] = []
  credential.on('*', (name, detail) => events.push({ name, detail }))
  vendor.refuse({ status: 503 })
  await clock.runUntil(
    requests.run('GET /boats', () => credential.getToken()),
    1_000,
  )
  expect(messages.map(([, message]) => message)).toEqual(events)
  expect(messages).toMatchObject([
    ['GET /boats', { name: 'refresh_failed', detail: { vendor: 'acme', mode: 'refresh', status: 503 } }],
    ['GET /boats', { name: 'refreshed', detail: { vendor: 'acme' } }],
  ])
})

test('a credential and its accounts are published once, until that is ended', async () => {
  const { signedIn } = await createWorld()
  const credential = await signedIn()
  const { messages } = listen()
  const end = publishEvents([credential, credential.for('robin')])
  await credential.for('robin').signOut()
  expect(messages).toMatchObject([[undefined, { name: 'signed_out', detail: { account: 'robin' } }]])
  end()
  await credential.signOut()
  expect(messages).toHaveLength(1)
})

test('the channel has the name that is exported', () => {
  expect(CREDENTIAL_CHANNEL).toBe('valetkey:credential')
})
