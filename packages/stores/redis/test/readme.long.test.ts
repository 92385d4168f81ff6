import { join } from 'node:path'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials } from '@valetkey/oauth2'
import { redisStore } from '@valetkey/store-redis'
import { type AcmeServer, startAcme } from '@valetkey-app/test-support/acme-server'
import { readReadme } from '@valetkey-app/test-support/readme-example'
import { expectOneToken } from '@valetkey-app/test-support/store-program'
import { createClient } from 'redis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeRedis } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

const readme = readReadme(join(import.meta.dirname, '..'))

describeWithRedis('what the README says', () => {
  let server: RedisServer
  let acme: AcmeServer
  beforeEach(async () => {
    server = await startRedis()
    acme = await startAcme()
  })
  afterEach(async () => {
    await Promise.all([server.stop(), acme.close()])
  })

  test('its example runs to its end, and leaves the token in Redis', async () => {
    await expectOneToken(readme, acme, { REDIS_URL: `redis://127.0.0.1:${server.port}` })
  })

  test('a user with just the rights that it names can do everything', async () => {
    const [, rights = ''] = /^ACL SETUSER tokens on >password (.*)$/m.exec(readme.text) ?? []
    await server.command('acl', 'setuser', 'tokens', 'on', '>password', ...rights.split(' '))
    const open = () =>
      createClient({ socket: { port: server.port }, username: 'tokens', password: 'password' }).connect()
    const [client, subscriber] = await Promise.all([open(), open()])
    const store = redisStore(client, { subscriber })
    const waiting = store.waitForChange?.('key', undefined, { timeoutMs: 600_000 })
    const created = await store.compareAndSet('key', undefined, 'value')
    await waiting
    await store.compareAndSet('key', created.ok ? created.version : '', 'removed', { retainMs: 86_400_000 })
    expect(await store.get('key')).toMatchObject({ value: 'removed' })
    expect(await Array.fromAsync(store.list?.() ?? [])).toEqual(['key'])
    const waited = redisStore(client, { waitReplicas: 1 }).compareAndSet('other', undefined, 'value')
    await expect(waited).rejects.toMatchObject({ message: expect.stringContaining('not confirmed') })
    expect(await Promise.all([client, subscriber].map((user) => user.set('else', 'value').catch(String)))).toEqual(
      Array(2).fill(expect.stringContaining('NOPERM')),
    )
    client.destroy()
    subscriber.destroy()
  })

  test('two programs share one token', async () => {
    const connections = await Promise.all([nodeRedis.open(server.port), nodeRedis.open(server.port)])
    for (const { client } of connections) {
      const credential = clientCredentials({
        vendor: 'acme',
        origins: [acme.url],
        tokenUrl: `${acme.url}/oauth/token`,
        clientId: 'acme-client',
        clientSecret: 'acme-secret',
        allowInsecureRequests: true,
        store: redisStore(client),
      })
      expect((await withCredential(fetch, credential)(`${acme.url}/boats`)).status).toBe(200)
    }
    expect(acme.tokenCalls()).toBe(1)
    for (const { close } of connections) close()
  })
})
