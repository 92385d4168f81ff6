import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryStore, type TokenStore } from '@valetkey/core'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { blocksOf } from './blocks.ts'
import { compile } from './compile.ts'
import { startNetwork } from './network.ts'

/** What the document's module exports. */
interface Routes {
  begin(session: Session): Promise<Response>
  complete(session: Session, request: Request): Promise<Response>
}

interface Session {
  user?: string
  signIns?: readonly unknown[]
}

const DOCUMENT = 'docs/sign-in.md'
const CALLBACK = 'https://air.example.com/airthings/callback'

const block = blocksOf(DOCUMENT, readFileSync(join(root, DOCUMENT), 'utf8')).find(
  ({ heading }) => heading === 'The two halves',
)
if (!block) throw new Error(`${DOCUMENT} has lost its routes`)
const compiled = await compile([block])
const { signInRoutes }: { signInRoutes(store: TokenStore): Routes } = await import(compiled.file(block))

afterAll(compiled.remove)

/** A server with the document's routes, and the vendor. */
async function startServer() {
  const network = await startNetwork()
  onTestFinished(network.close)
  for (const [name, value] of Object.entries(network.environment)) vi.stubEnv(name, value)
  vi.stubGlobal('fetch', network.fetch)
  const { airthings } = network
  const store = memoryStore()
  const routes = signInRoutes(store)
  return {
    airthings,
    /** Names of the stored tokens. */
    async tokens() {
      const keys = await Array.fromAsync(store.list?.() ?? [])
      return keys.filter((key) => !key.startsWith('["vk1-state",'))
    },
    /** @param user who has logged in to the program in this browser */
    browser(user?: string) {
      // As it comes back from the place where sessions are kept.
      let kept = JSON.stringify({ user })
      const withSession = async (route: (session: Session) => Promise<Response>) => {
        const session: Session = JSON.parse(kept)
        const answer = await route(session).finally(() => {
          kept = JSON.stringify(session)
        })
        return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
      }
      return {
        logIn(next: string) {
          kept = JSON.stringify({ ...JSON.parse(kept), user: next })
        },
        session: (): Session => JSON.parse(kept),
        begin: () => withSession((session) => routes.begin(session)),
        /** Begins a sign-in, and answers the vendor's question. @returns the callback */
        async answerVendor(answer: 'approve' | 'deny' = 'approve'): Promise<URL> {
          const { location } = await withSession((session) => routes.begin(session))
          const page = new URL(airthings.authorizationUrl)
          page.search = new URL(location ?? '').search
          return airthings[answer](page)
        },
        open: (callback: URL | string) => withSession((session) => routes.complete(session, new Request(callback))),
      }
    },
  }
}

const SIGNED_IN = { status: 303, location: '/' }

describe(`the server of ${DOCUMENT}`, () => {
  test('signs a person in, once', async () => {
    const { tokens, browser } = await startServer()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    expect(await tokens()).toEqual([expect.stringContaining('"ada"')])
    expect(ada.session().signIns).toEqual([])
    expect(await ada.open(callback)).toMatchObject({ status: 400, text: expect.stringContaining('sign in again') })
  })

  test.each([
    ['of nobody', '?code=x&state=forged'],
    ['without a state', '?code=x'],
    ['that says the person denied it', '?error=access_denied&state=forged'],
    ['with a state that every object has', '?code=x&state=__proto__'],
    ['with two states', '?code=x&state=a&state=b'],
  ])('takes the right callback after a forged one %s', async (_, forged) => {
    const { airthings, tokens, browser } = await startServer()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(await ada.open(CALLBACK + forged)).toMatchObject({ status: 400 })
    expect(airthings.requests).toEqual([])
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    expect(await tokens()).toEqual([expect.stringContaining('"ada"')])
  })

  test('takes the right callback after one that has its state and another issuer', async () => {
    const { browser } = await startServer()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    const mixedUp = new URL(callback)
    mixedUp.searchParams.set('iss', 'https://login.evil.example')
    expect(await ada.open(mixedUp)).toMatchObject({ status: 400 })
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('refuses the callback of another person, whether a sign-in is under way here or not', async () => {
    const { airthings, tokens, browser } = await startServer()
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
    const { browser } = await startServer()
    const ada = browser('ada')
    const callbacks = [await ada.answerVendor(), await ada.answerVendor()]
    for (const callback of order === 'in the order' ? callbacks : callbacks.toReversed()) {
      expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    }
  })

  test('keeps five sign-ins of a browser at most, the newest', async () => {
    const { browser } = await startServer()
    const ada = browser('ada')
    const first = await ada.answerVendor()
    const callbacks: URL[] = []
    for (let tab = 0; tab < 5; tab += 1) callbacks.push(await ada.answerVendor())
    expect(ada.session().signIns).toHaveLength(5)
    expect(await ada.open(first)).toMatchObject({ status: 400, text: expect.stringContaining('sign in again') })
    for (const callback of callbacks) expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('signs in by a reload of the callback after an outage of the vendor', async () => {
    const { airthings, browser } = await startServer()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    airthings.failNext({ on: 'token', status: 503, times: 2 })
    const told = { status: 503, text: expect.stringContaining('Reload') }
    expect(await ada.open(callback)).toMatchObject(told)
    expect(await ada.open(callback)).toMatchObject(told)
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('asks for another sign-in when the code was spent in the outage', async () => {
    const { airthings, tokens, browser } = await startServer()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    airthings.dropReply({ on: 'token' })
    expect(await ada.open(callback)).toMatchObject({ status: 503 })
    expect(await ada.open(callback)).toMatchObject({ status: 400, text: expect.stringContaining('sign in again') })
    expect(await tokens()).toEqual([])
    expect(await ada.open(await ada.answerVendor())).toMatchObject(SIGNED_IN)
  })

  test('stores nothing for a user who takes the place of the one who began', async () => {
    const { airthings, tokens, browser } = await startServer()
    const shared = browser('ada')
    const callback = await shared.answerVendor()
    shared.logIn('bob')
    expect(await shared.open(callback)).toMatchObject({ status: 400 })
    expect(await tokens()).toEqual([])
    expect(airthings.requests).toEqual([])
  })

  test.each([[undefined], ['']])('begins and completes nothing for the user %j', async (user) => {
    const { airthings, tokens, browser } = await startServer()
    const nobody = browser(user)
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
    const { airthings, tokens, browser } = await startServer()
    const ada = browser('ada')
    const denied = await ada.open(await ada.answerVendor('deny'))
    expect(denied).toMatchObject({ status: 400, text: expect.stringContaining('not allowed') })
    expect(await tokens()).toEqual([])
    expect(airthings.requests).toEqual([])
    expect(await ada.open(await ada.answerVendor())).toMatchObject(SIGNED_IN)
  })
})
