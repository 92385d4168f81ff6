import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { DURATIONS } from '../../src/live/durations.ts'
import { readEnvironment } from '../../src/vendors/environment.ts'
import { serve } from '../../src/web/serve.ts'
import { secretsSent } from '../support/vendors.ts'
import { rememberTokens } from './remember-tokens.ts'

// The sample app, from its sources, for tests in a browser: on any port, with everything broken for a short time only if
// `BRIEF` is set, and with a parent that may ask for every secret that there has been.

const BRIEF = { downMs: 4_000, slowMs: 3_000, limitMs: 2_000, brokenMs: 4_000, pollMs: 250 }

const tokens = rememberTokens()
const page = await mkdtemp(join(tmpdir(), 'valetkey-page-'))
await build({
  root: fileURLToPath(new URL('../../src/page', import.meta.url)),
  logLevel: 'error',
  build: { outDir: page, emptyOutDir: true },
})
const served = await serve({
  environment: readEnvironment({ ...process.env, PORT: '0' }),
  page: pathToFileURL(`${page}/`),
  second: { file: new URL('../../src/second.ts', import.meta.url), execArgv: ['--conditions=@valetkey/source'] },
  durations: process.env.BRIEF ? BRIEF : DURATIONS,
})
process.send?.({ url: served.origin })

process.on('message', () => {
  const simulators = served.dashboard.vendors.flatMap(({ simulation }) => simulation?.simulator ?? [])
  process.send?.({ secrets: [...new Set([...tokens(), ...simulators.flatMap(secretsSent)])] })
})
process.on('disconnect', () => {
  void served.close().then(() => rm(page, { recursive: true }))
})
