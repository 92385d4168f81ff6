import { join } from 'node:path'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials } from '@valetkey/oauth2'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { type AcmeServer, startAcme } from '@valetkey-app/test-support/acme-server'
import { readReadme } from '@valetkey-app/test-support/readme-example'
import { expectOneToken } from '@valetkey-app/test-support/store-program'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pgPool, postgresJs } from './support/clients.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'

const readme = readReadme(join(import.meta.dirname, '..'))

test('the README shows the schema as it is', () => {
  expect(readme.text).toContain(`\`\`\`text\n${postgresSchema()}\`\`\`\n`)
})

describeWithPostgres('what the README says', () => {
  let server: PostgresServer
  let acme: AcmeServer
  beforeEach(async () => {
    server = await startPostgres()
    await server.run(postgresSchema())
    acme = await startAcme()
  })
  afterEach(async () => {
    await Promise.all([server.stop(), acme.close()])
  })

  test('its example runs to its end, and leaves the token in Postgres', async () => {
    await expectOneToken(readme, acme, { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/postgres` })
  })

  test('a user with just the rights that it names can do everything, and two programs share one token', async () => {
    await server.run(`create role tokens; grant select, insert, update, delete on valetkey_tokens to tokens;
      alter role postgres set role = 'tokens'`)
    const connections = await Promise.all([pgPool.open(server.port), postgresJs.open(server.port)])
    for (const { client } of connections) {
      const credential = clientCredentials({
        vendor: 'acme',
        origins: [acme.url],
        tokenUrl: `${acme.url}/oauth/token`,
        clientId: 'acme-client',
        clientSecret: 'acme-secret',
        allowInsecureRequests: true,
        store: postgresStore(client),
      })
      expect((await withCredential(fetch, credential)(`${acme.url}/boats`)).status).toBe(200)
      expect(acme.tokenCalls()).toBe(1)
    }
    for (const { client } of connections) {
      const store = postgresStore(client)
      const [key = ''] = await Array.fromAsync(store.list?.() ?? [])
      const { version } = await store.get(key)
      expect((await store.compareAndSet(key, version, 'removed', { retainMs: 86_400_000 })).ok).toBe(true)
    }
    await Promise.all(connections.map(({ close }) => close()))
  })
})
