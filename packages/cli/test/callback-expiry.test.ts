import { PassThrough, Readable } from 'node:stream'
import { authorizationCode } from '@valetkey/oauth2'
import { expect, onTestFinished, test } from 'vitest'
import { createOutput } from '../src/output.ts'
import { signInByBrowser } from '../src/sign-in/browser-sign-in.ts'
import { startCallbackServer } from '../src/sign-in/callback-server.ts'

test('a sign-in that nobody finishes in ten minutes ends, and its address with it', async () => {
  const server = await startCallbackServer(undefined)
  onTestFinished(server.close)
  const { redirectUri } = server
  const origin = 'https://login.example.com'
  const credential = authorizationCode({
    vendor: 'acme',
    origins: ['https://api.example.com'],
    authorizationUrl: `${origin}/authorize`,
    tokenUrl: `${origin}/token`,
    clientId: 'boat-app',
    redirectUri,
  })
  const tenMinutesAgo = {
    ...credential,
    async beginSignIn() {
      const { url, signIn } = await credential.beginSignIn()
      return { url, signIn: { ...signIn, expiresAt: Date.now() } }
    },
  }
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = { env: {}, cwd: '/', stdin: Readable.from([]), stdout, stderr, signal: new AbortController().signal }
  const output = createOutput(io, false)
  await expect(signInByBrowser(tenMinutesAgo, { io, output, server, browser: 'none' })).rejects.toMatchObject({
    code: 'sign_in_expired',
    exitCode: 4,
    message: 'the sign-in took too long: no answer came; try again',
  })
})
