import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { simulators } from '@valetkey/testing/simulators'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bundler, bundlers } from './bundlers/bundlers.ts'
import { type NextServer, startNext } from './bundlers/next.ts'
import { createProject, type Project } from './project.ts'

/** Text that only one part of the packages has, and that minifiers leave. */
const PARTS = {
  'the life of a token': 'refresh_outcome_lost',
  'token requests': 'grant_type',
  'sign-in by authorization code': 'invalid_callback',
  'sign-in by device code': 'verification_uri',
  oauth4webapi: 'oauth4webapi',
}

/** What is imported when a program first needs it, and is in no program from the start. */
const LATER = { discovery: 'no discovery document', 'client keys': 'could not sign' }

interface Program {
  /** Resolves with the status of a request. */
  readonly useVendor: (baseUrl: string) => Promise<number>
}

interface Bundle {
  readonly url: string
  /** Of all that is loaded when the program starts. */
  readonly text: string
}

let project: Project

/** Somebody who installs one client and one vendor. */
beforeAll(async () => {
  project = await createProject(['core', 'oauth2', 'fetch', 'flume'], 'bundled')
  await mkdir(join(project.folder, 'out'))
})

afterAll(() => project[Symbol.asyncDispose]())

describe.concurrent.each(bundlers)('bundled by $name', (bundler) => {
  let everything: Bundle
  let flume: Bundle
  let apiKey: Bundle

  beforeAll(async () => {
    const bundled = (program: string) => bundle(bundler, program)
    ;[everything, flume, apiKey] = await Promise.all([bundled('everything'), bundled('flume'), bundled('api-key')])
  })

  test('core, fetch and flume sign in, are refused once, refresh and get their answer', async () => {
    const { useVendor }: Program = await import(flume.url)
    await expectFlume(useVendor)
  })

  test('core and fetch send an API key', async () => {
    const { useVendor }: Program = await import(apiKey.url)
    await using vendor = await simulators.bluesonde({ apiKey: 'sk_test_example' })
    expect(await useVendor(vendor.baseUrl)).toBe(200)
  })

  test('a program holds only the parts that it uses', () => {
    expect(partsOf(everything)).toEqual(Object.keys(PARTS))
    expect(partsOf(flume)).toEqual(['the life of a token', 'token requests'])
    expect(partsOf(apiKey)).toEqual([])
    expect(Object.entries(LATER).filter(([, words]) => everything.text.includes(words))).toEqual([])
  })
})

describe.concurrent('in Next.js, bundled by Turbopack', () => {
  let next: NextServer

  beforeAll(async () => {
    next = await startNext(project.folder)
  })

  afterAll(() => next[Symbol.asyncDispose]())

  test.each([
    { runtime: 'Node runtime', path: 'server', isEdge: false },
    { runtime: 'edge runtime', path: 'edge', isEdge: true },
  ])('a route of its $runtime signs in, is refused once, refreshes and gets its answer', async ({ path, isEdge }) => {
    await expectFlume(async (baseUrl) => {
      const response = await fetch(`${next.url}/${path}?vendor=${encodeURIComponent(baseUrl)}`)
      const answer: { status: number; isEdge: boolean } = JSON.parse(await response.text())
      expect(answer.isEdge).toBe(isEdge)
      return answer.status
    })
  })

  test('a route that keeps the answers of its requests asks for a token each time', async () => {
    await using vendor = await simulators.m2m({ clientId: 'example-client', clientSecret: 'example-secret' })
    const ask = async () => (await fetch(`${next.url}/caching?vendor=${encodeURIComponent(vendor.baseUrl)}`)).json()
    expect(await ask()).toEqual({ status: 200 })
    vendor.revokeAll()
    expect(await ask()).toEqual({ status: 200 })
    const requests = vendor.requests.map(({ path, grantType }) => grantType ?? path)
    expect(requests).toEqual(['client_credentials', '/v1/ping', 'client_credentials', '/v1/ping'])
  })
})

async function bundle({ name, bundle: write }: Bundler, program: string): Promise<Bundle> {
  const file = join(project.folder, 'out', `${name} ${program}`, 'main.mjs')
  await write(join(project.folder, `${program}.mjs`), file)
  return { url: pathToFileURL(file).href, text: await loadedText(file) }
}

/** The module with all that it imports, but for what it imports later by `import()`. */
async function loadedText(file: string, loaded = new Set<string>()): Promise<string> {
  if (loaded.has(file)) return ''
  loaded.add(file)
  const text = await readFile(file, 'utf8')
  const imported = [...text.matchAll(/(?:\bfrom|\bimport) ?"(\.[^"]+)"/g)].map(([, path = '']) =>
    join(dirname(file), path),
  )
  const texts = await Promise.all(imported.map((each) => loadedText(each, loaded)))
  return [text, ...texts].join('\n')
}

function partsOf({ text }: Bundle): readonly string[] {
  return Object.entries(PARTS).flatMap(([part, words]) => (text.includes(words) ? [part] : []))
}

async function expectFlume(useVendor: Program['useVendor']): Promise<void> {
  const client = { clientId: 'example-client', clientSecret: 'example-secret' }
  await using vendor = await simulators.flume({
    ...client,
    username: 'robin@example.com',
    password: 'example-password',
  })
  // Once while the API may not know the token yet, and once more.
  vendor.failNext({ on: 'api', status: 401, times: 2 })
  expect(await useVendor(vendor.baseUrl)).toBe(200)
  const requests = vendor.requests.map(({ path, grantType }) => grantType ?? path)
  expect(requests).toEqual(['password', '/me', '/me', 'refresh_token', '/me'])
}
