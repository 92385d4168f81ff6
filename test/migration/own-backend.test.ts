import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { TokenCredential } from '@valetkey/core'
import { expect, onTestFinished, test } from 'vitest'
import { loadProgram } from '../workspace/examples/program.ts'

interface Program {
  readonly session: TokenCredential
  readonly api: typeof fetch
  logIn(email: string, password: string): Promise<boolean>
  logOut(): Promise<void>
}

test('ten requests at the end of a token send one refresh', async () => {
  const { origin, seen, program } = await start()
  expect(await program.logIn('robin@example.com', 'correct')).toBe(true)
  expect((await program.api(`${origin}/boats`)).status).toBe(200)
  seen.revoked = true
  const answers = await Promise.all(Array.from({ length: 10 }, () => program.api(`${origin}/boats`)))
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
  expect(seen.paths.filter((path) => path === '/auth/refresh')).toHaveLength(1)
})

test('a wrong password sends no refresh, and the log-in only once', async () => {
  const { origin, seen, program } = await start()
  await program.logIn('robin@example.com', 'correct')
  expect(await program.logIn('robin@example.com', 'wrong')).toBe(false)
  expect(seen.paths).toEqual(['/auth/login', '/auth/login'])
  expect((await program.api(`${origin}/boats`)).status).toBe(200)
})

test('an outage keeps the session; a dead refresh token and a log-out ask for a log-in', async () => {
  const { origin, seen, program } = await start()
  await expect(program.api(`${origin}/boats`)).rejects.toMatchObject({ code: 'not_signed_in' })
  await program.logIn('robin@example.com', 'correct')
  seen.revoked = true
  seen.failures = 1
  expect((await program.api(`${origin}/boats`)).status).toBe(200)
  seen.revoked = true
  seen.dead = true
  await expect(program.api(`${origin}/boats`)).rejects.toMatchObject({ code: 'reauthorization_required' })
  await program.logIn('robin@example.com', 'correct')
  expect((await program.api(`${origin}/boats`)).status).toBe(200)
  await program.logOut()
  await expect(program.api(`${origin}/boats`)).rejects.toMatchObject({ code: 'not_signed_in' })
})

/** The program of docs/your-own-backend.md with a backend on this machine. */
async function start() {
  const { origin, seen } = await startBackend()
  const local = (code: string) =>
    code.replace('https://api.example.com', origin).replace(/\n\}\)\n/, '\n}, { allowInsecureRequests: true })\n')
  const program = (await loadProgram('docs/your-own-backend.md', 'The program', local)) as Program
  return { origin, seen, program }
}

async function startBackend() {
  /** `revoked`: the access token ends; `failures`: so many refreshes are answered 500; `dead`: the next refresh is refused. */
  const seen = { paths: [] as string[], revoked: false, failures: 0, dead: false }
  let issued = 0
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const path = request.url ?? ''
    seen.paths.push(path)
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const issue = () => {
      issued += 1
      seen.revoked = false
      return answer(200, { accessToken: `access-${issued}`, refreshToken: `refresh-${issued}`, expiresIn: 900 })
    }
    if (path === '/boats') {
      const isGood = request.headers.authorization === `Bearer access-${issued}` && !seen.revoked
      return answer(isGood ? 200 : 401, {})
    }
    const body = (await json(request)) as Readonly<Record<string, unknown>>
    if (path === '/auth/login') return body.password === 'correct' ? issue() : answer(401, {})
    if (seen.failures > 0) {
      seen.failures -= 1
      return answer(500, {})
    }
    if (seen.dead || body.refreshToken !== `refresh-${issued}`) {
      seen.dead = false
      return answer(401, {})
    }
    return issue()
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}
