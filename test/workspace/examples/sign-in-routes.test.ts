import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryStore, type TokenStore } from '@valetkey/core'
import type { SignInHandler } from '@valetkey/sign-in'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { blocksOf } from './blocks.ts'
import { compile } from './compile.ts'
import { startNetwork } from './network.ts'

/** What the documents' modules export. */
interface Routes {
  signInRoutes(store: TokenStore, userOf: (request: Request) => Promise<string | undefined>): SignInHandler
}

/** Documents with the routes, and the heading above them. */
const DOCUMENTS = { 'docs/sign-in.md': 'The routes', 'packages/sign-in/README.md': 'Use' }
const SITE = 'https://air.example.com/airthings'

const blocks = Object.entries(DOCUMENTS).map(([document, heading]) => {
  const all = blocksOf(document, readFileSync(join(root, document), 'utf8'))
  const block = all.find((each) => each.heading === heading && each.language === 'ts')
  if (!block) throw new Error(`${document} has lost its routes`)
  return block
})
const compiled = await compile(blocks)
const modules = await Promise.all(
  blocks.map(async (block): Promise<[string, Routes]> => [block.document, await import(compiled.file(block))]),
)

afterAll(compiled.remove)

/** Two processes with the document's routes, and the vendor. A process serves every other request. */
async function startServer({ signInRoutes }: Routes) {
  const network = await startNetwork()
  onTestFinished(network.close)
  for (const [name, value] of Object.entries(network.environment)) vi.stubEnv(name, value)
  vi.stubGlobal('fetch', network.fetch)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { airthings } = network
  const store = memoryStore()
  const userOf = async ({ headers }: Request) => /user=(\w*)/.exec(headers.get('cookie') ?? '')?.[1]
  const processes = [signInRoutes(store, userOf), signInRoutes(store, userOf)]
  return {
    airthings,
    /** Names of the stored tokens. */
    async tokens() {
      const keys = await Array.fromAsync(store.list?.() ?? [])
      return keys.filter((key) => !key.startsWith('["vk1-state",'))
    },
    /** @param user who has logged in to the program in this browser */
    browser(user: string) {
      const jar = new Map([['user', user]])
      const send = async (url: URL | string, method = 'GET') => {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
        const [handler] = processes
        processes.reverse()
        const headers = { cookie, 'sec-fetch-site': 'same-origin' }
        const answer = await handler?.(new Request(url, { method, headers }))
        if (!answer) throw new Error('no process')
        for (const text of answer.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^(__Host-[^=]+)=([^;]*)/.exec(text) ?? []
          if (text.includes('Max-Age=0')) jar.delete(name)
          else jar.set(name, value)
        }
        return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
      }
      return {
        logIn: (next: string) => void jar.set('user', next),
        pending: () => [...jar.keys()].filter((name) => name !== 'user'),
        begin: () => send(`${SITE}/sign-in`),
        signOut: () => send(`${SITE}/sign-out`, 'POST'),
        /** Begins a sign-in, and answers the vendor's question. @returns the callback */
        async answerVendor(answer: 'approve' | 'deny' = 'approve'): Promise<URL> {
          const { location } = await send(`${SITE}/sign-in`)
          const page = new URL(airthings.authorizationUrl)
          page.search = new URL(location ?? '').search
          return airthings[answer](page)
        },
        open: (callback: URL | string) => send(callback),
      }
    },
  }
}

const SIGNED_IN = { status: 303, location: '/rooms' }

describe.each(modules)('the server of %s', (_, routes) => {
  test('signs a person in, once, and out', async () => {
    const { tokens, browser } = await startServer(routes)
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    expect(await tokens()).toEqual([expect.stringContaining('"ada"')])
    expect(ada.pending()).toEqual([])
    expect(await ada.open(callback)).toMatchObject({ status: 400, text: expect.stringContaining('sign in again') })
    expect(await ada.signOut()).toMatchObject(SIGNED_IN)
  })

  test.each([
    ['of nobody', '?code=x&state=forged'],
    ['without a state', '?code=x'],
    ['that says the person denied it', '?error=access_denied&state=forged'],
    ['with a state that every object has', '?code=x&state=__proto__'],
    ['with two states', '?code=x&state=a&state=b'],
  ])('takes the right callback after a forged one %s', async (_, forged) => {
    const { airthings, tokens, browser } = await startServer(routes)
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(await ada.open(`${SITE}/callback${forged}`)).toMatchObject({ status: 400 })
    expect(airthings.requests).toEqual([])
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    expect(await tokens()).toEqual([expect.stringContaining('"ada"')])
  })

  test('takes the right callback after one that has its state and another issuer', async () => {
    const { browser } = await startServer(routes)
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    const mixedUp = new URL(callback)
    mixedUp.searchParams.set('iss', 'https://login.evil.example')
    expect(await ada.open(mixedUp)).toMatchObject({ status: 400 })
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('refuses the callback of another person, whether a sign-in is under way here or not', async () => {
    const { airthings, tokens, browser } = await startServer(routes)
    const mallory = browser('mallory')
    const victim = browser('victim')
    const callback = await mallory.answerVendor()
    expect(await victim.open(callback)).toMatchObject({ status: 400 })
    await victim.begin()
    expect(await victim.open(callback)).toMatchObject({ status: 400 })
    expect(await tokens()).toEqual([])
    expect(airthings.requests).toEqual([])
  })

  test.each([['in the order'], ['in the other order']])('signs in from two tabs, %s', async (order) => {
    const { browser } = await startServer(routes)
    const ada = browser('ada')
    const callbacks = [await ada.answerVendor(), await ada.answerVendor()]
    for (const callback of order === 'in the order' ? callbacks : callbacks.toReversed()) {
      expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    }
  })

  test('keeps five sign-ins of a browser at most, the newest', async () => {
    const { browser } = await startServer(routes)
    const ada = browser('ada')
    const first = await ada.answerVendor()
    const callbacks: URL[] = []
    for (let tab = 0; tab < 5; tab += 1) callbacks.push(await ada.answerVendor())
    expect(ada.pending()).toHaveLength(5)
    expect(await ada.open(first)).toMatchObject({ status: 400, text: expect.stringContaining('sign in again') })
    for (const callback of callbacks) expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('signs in by a reload of the callback after an outage of the vendor', async () => {
    const { airthings, browser } = await startServer(routes)
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    airthings.failNext({ on: 'token', status: 503, times: 2 })
    const told = { status: 503, text: expect.stringContaining('Try again') }
    expect(await ada.open(callback)).toMatchObject(told)
    expect(await ada.open(callback)).toMatchObject(told)
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('asks for another sign-in when the code was spent in the outage', async () => {
    const { airthings, tokens, browser } = await startServer(routes)
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    airthings.dropReply({ on: 'token' })
    expect(await ada.open(callback)).toMatchObject({ status: 503 })
    expect(await ada.open(callback)).toMatchObject({ status: 400, text: expect.stringContaining('sign in again') })
    expect(await tokens()).toEqual([])
    expect(await ada.open(await ada.answerVendor())).toMatchObject(SIGNED_IN)
  })

  test('stores nothing for a user who takes the place of the one who began', async () => {
    const { airthings, tokens, browser } = await startServer(routes)
    const shared = browser('ada')
    const callback = await shared.answerVendor()
    shared.logIn('bob')
    expect(await shared.open(callback)).toMatchObject({ status: 400 })
    expect(await tokens()).toEqual([])
    expect(airthings.requests).toEqual([])
  })

  test('begins and completes nothing where nobody has logged in', async () => {
    const { airthings, tokens, browser } = await startServer(routes)
    const nobody = browser('')
    expect(await nobody.begin()).toMatchObject({ status: 401, location: null })
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(await nobody.open(callback)).toMatchObject({ status: 401 })
    ada.logIn('')
    expect(await ada.open(callback)).toMatchObject({ status: 401 })
    expect(await tokens()).toEqual([])
    expect(airthings.requests).toEqual([])
  })

  test('says so when the person denies it', async () => {
    const { airthings, tokens, browser } = await startServer(routes)
    const ada = browser('ada')
    const denied = await ada.open(await ada.answerVendor('deny'))
    expect(denied).toMatchObject({ status: 400, text: expect.stringContaining('not allowed') })
    expect(await tokens()).toEqual([])
    expect(airthings.requests).toEqual([])
    expect(await ada.open(await ada.answerVendor())).toMatchObject(SIGNED_IN)
  })
})
