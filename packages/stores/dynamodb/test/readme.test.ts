import { join } from 'node:path'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials } from '@valetkey/oauth2'
import { dynamodbStore } from '@valetkey/store-dynamodb'
import { startAcme } from '@valetkey-app/test-support/acme-server'
import { readReadme } from '@valetkey-app/test-support/readme-example'
import { expectOneToken } from '@valetkey-app/test-support/store-program'
import { expect, test } from 'vitest'
import { openClient, startDynamoDb } from './support/dynamodb-server.ts'

test('the example of the README runs to its end, and two programs share one token', async () => {
  const server = await startDynamoDb()
  const table = await server.createTable('valetkey-tokens')
  const acme = await startAcme()
  await expectOneToken(readReadme(join(import.meta.dirname, '..')), acme, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  })
  for (const client of [openClient(server.port), openClient(server.port)]) {
    const credential = clientCredentials({
      vendor: 'acme',
      origins: [acme.url],
      tokenUrl: `${acme.url}/oauth/token`,
      clientId: 'another-client',
      clientSecret: 'acme-secret',
      allowInsecureRequests: true,
      store: dynamodbStore(client, { table }),
    })
    expect((await withCredential(fetch, credential)(`${acme.url}/boats`)).status).toBe(200)
    expect(acme.tokenCalls()).toBe(2)
    client.destroy()
  }
  await acme.close()
  await server.stop()
})
