import { join } from 'node:path'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials } from '@valetkey/oauth2'
import { sqliteSchema, sqliteStore } from '@valetkey/store-sqlite'
import { startAcme } from '@valetkey-app/test-support/acme-server'
import { readReadme } from '@valetkey-app/test-support/readme-example'
import { expectOneToken } from '@valetkey-app/test-support/store-program'
import { expect, test } from 'vitest'
import { createFolder, DRIVERS } from './support/drivers.ts'

const readme = readReadme(join(import.meta.dirname, '..'))

test('the README shows the schema as it is', () => {
  expect(readme.text).toContain(`\`\`\`text\n${sqliteSchema()}\`\`\`\n`)
})

test('its example runs to its end, and leaves the token in the file', async () => {
  const acme = await startAcme()
  const folder = createFolder()
  await expectOneToken(readme, acme, { TOKENS_FILE: folder.path })
  folder.remove()
  await acme.close()
})

test.each(DRIVERS)('two connections of $name share one token', async ({ open }) => {
  const acme = await startAcme()
  const folder = createFolder()
  for (const opened of [await open(folder.path), await open(folder.path)]) {
    const credential = clientCredentials({
      vendor: 'acme',
      origins: [acme.url],
      tokenUrl: `${acme.url}/oauth/token`,
      clientId: 'acme-client',
      clientSecret: 'acme-secret',
      allowInsecureRequests: true,
      store: sqliteStore(opened.database),
    })
    expect((await withCredential(fetch, credential)(`${acme.url}/boats`)).status).toBe(200)
    expect(acme.tokenCalls()).toBe(1)
    opened.close()
  }
  folder.remove()
  await acme.close()
})
