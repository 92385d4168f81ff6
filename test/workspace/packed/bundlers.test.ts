import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { simulators } from '@valetkey/testing/simulators'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bundler, bundlers } from './bundlers/bundlers.ts'
import { type NextServer, startNext } from './bundlers/next.ts'
import { createProject, type Project } from './project.ts'

/** Text that only one part of the packages has, and that minifiers leave. */
const PARTS = {
  'the life of a token': 'reauthorization-required',
  'token requests': 'grant_type',
  'sign-in by authorization code': 'code_challenge',
  'sign-in by device code': 'device_code',
  discovery: 'well-known',
  'client keys': 'client_assertion',
  oauth4webapi: 'oauth4webapi',
}

interface Program {
  /** Resolves with the status of a request. */
  readonly useVendor: (baseUrl: string) => Promise<number>
}

interface Bundle {
  readonly url: string
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
})

async function bundle({ name, bundle: write }: Bundler, program: string): Promise<Bundle> {
  const file = join(project.folder, 'out', `${name}-${program}.mjs`)
  await write(join(project.folder, `${program}.mjs`), file)
  return { url: pathToFileURL(file).href, text: await readFile(file, 'utf8') }
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
  vendor.failNext({ on: 'api', status: 401 })
  expect(await useVendor(vendor.baseUrl)).toBe(200)
  const requests = vendor.requests.map(({ path, grantType }) => grantType ?? path)
  expect(requests).toEqual(['password', '/me', 'refresh_token', '/me'])
}
