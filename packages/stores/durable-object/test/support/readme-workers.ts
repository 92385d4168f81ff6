import { join } from 'node:path'
import { startAcme } from '@valetkey-app/test-support/acme-server'
import { readReadme } from '@valetkey-app/test-support/readme-example'
import { expect } from 'vitest'
import { bundle, COMPATIBILITY_DATE, startWorkers } from './workers.ts'

const { text } = readReadme(join(import.meta.dirname, '../..'))

/** Runs the program of the README in two Workers, which share one token. @param folder whose packages it imports */
export async function expectOneTokenOfReadme(folder: string): Promise<void> {
  const [, boats = ''] = /\n## Use\n\n```ts\n(.*?)```/s.exec(text) ?? []
  const [, main = ''] = /```text\n(.*?)```/s.exec(text) ?? []
  const script = await bundle(
    `${boats}\n${main.replace("import { createBoatsFetch } from './boats-fetch'\n", '')}`,
    folder,
  )
  const acme = await startAcme()
  const workers = await startWorkers({
    workers: ['first', 'second'].map((name) => ({
      name,
      modules: true,
      script,
      compatibilityDate: COMPATIBILITY_DATE,
      durableObjects: { TOKENS: { className: 'TokenRecords', scriptName: 'first', useSQLite: true } },
      bindings: { ACME_CLIENT_ID: 'acme-client', ACME_CLIENT_SECRET: 'acme-secret' },
      // Requests to the vendor's hosts reach the server of the test.
      outboundService: async (request: Request) => {
        const { pathname } = new URL(request.url)
        const body = request.method === 'POST' ? await request.text() : undefined
        const headers = Object.fromEntries(request.headers)
        return await fetch(`${acme.url}${pathname}`, { method: request.method, headers, ...(body && { body }) })
      },
    })),
  })
  for (const name of ['first', 'second']) {
    const worker = await workers.getWorker(name)
    expect((await worker.fetch('https://worker.example/')).status).toBe(200)
    expect(acme.tokenCalls()).toBe(1)
  }
  await workers.dispose()
  await acme.close()
}
