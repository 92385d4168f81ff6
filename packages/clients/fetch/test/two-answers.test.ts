import { withCredential } from '@valetkey/fetch'
import { type Server, serve } from '@valetkey-app/test-support/serve'
import { expect, test } from 'vitest'
import { rotatingCredential, TOKEN_PLACES } from './support/rotating-credential.ts'

/** Each read gives the next answer, the last one for ever. */
function inTurn<T>(...answers: T[]): () => T {
  return () => (answers.length > 1 ? answers.shift() : answers[0]) as T
}

type Input = Parameters<typeof fetch>[0]

const INPUTS: Readonly<Record<string, (ours: string, elsewhere: string) => unknown>> = {
  'a Request that shows another URL': (ours, elsewhere) =>
    new (class extends Request {
      override get url() {
        return ours
      }
    })(elsewhere),
  'a Request with a URL of its own': (ours, elsewhere) =>
    Object.defineProperty(new Request(elsewhere), 'url', { get: inTurn(ours, elsewhere) }),
  'a URL with a member "url"': (ours, elsewhere) => Object.assign(new URL(elsewhere), { url: ours }),
  'a URL whose href changes': (ours, elsewhere) =>
    Object.defineProperty(new URL(elsewhere), 'href', { get: inTurn(ours, elsewhere) }),
  'an object with a URL, which reads otherwise as a text': (ours, elsewhere) => ({
    url: ours,
    toString: () => elsewhere,
  }),
  'an object whose URL changes': (ours, elsewhere) =>
    Object.defineProperty({ toString: () => elsewhere }, 'url', { get: inTurn(ours, elsewhere) }),
  'a text whose value changes': (ours, elsewhere) => ({ toString: inTurn(ours, elsewhere) }),
  'a class that is no Request': (ours, elsewhere) =>
    new (class {
      read = inTurn(ours, elsewhere)
      get url() {
        return this.read()
      }
      toString() {
        return elsewhere
      }
    })(),
}

const cases = Object.keys(INPUTS).flatMap((name) => TOKEN_PLACES.map((tokenPlace) => [name, tokenPlace] as const))

test.each(cases)('S1: %s gets no credential to another origin: %s', async (name, tokenPlace) => {
  const ours = await serve(() => ({ status: 401 }))
  const elsewhere = await serve(() => ({ status: 401 }))
  const api = withCredential(fetch, rotatingCredential({ tokenPlace, origins: [ours.origin] }))
  const input = INPUTS[name]?.(`${ours.origin}/v1`, `${elsewhere.origin}/v1`)
  await api(input as Input).catch(() => {})
  expect(tokensAt(elsewhere)).toEqual([])
})

test('S2: a Request that shows another "redirect" takes no key along', async () => {
  const elsewhere = await serve(() => ({}))
  const ours = await serve(() => ({ status: 307, headers: { location: `${elsewhere.origin}/v1` } }))
  const api = withCredential(fetch, rotatingCredential({ tokenPlace: 'x-api-key', origins: [ours.origin] }))
  const request = Object.defineProperty(new Request(ours.origin), 'redirect', { get: () => 'manual' })
  await api(request).catch(() => {})
  const init = Object.defineProperty({}, 'redirect', { enumerable: true, get: inTurn('manual', 'follow') })
  await api(ours.origin, init).catch(() => {})
  expect(ours.received.length).toBeGreaterThan(1)
  expect(tokensAt(elsewhere)).toEqual([])
})

function tokensAt({ received }: Server): string[] {
  return received.map((it) => JSON.stringify(it)).filter((it) => /["= ]t[12]\b/.test(it))
}
