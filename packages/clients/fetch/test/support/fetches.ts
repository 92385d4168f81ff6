import nodeFetch from 'node-fetch'
import { Agent, fetch as undiciFetch } from 'undici'
import { onTestFinished } from 'vitest'

/** Fetches as programs have them. */
export const FETCHES: readonly [name: string, fetch: typeof globalThis.fetch][] = [
  ['the platform', (input, init) => globalThis.fetch(input, init)],
  ['undici', undiciFetch as unknown as typeof globalThis.fetch],
  ['node-fetch', nodeFetch as unknown as typeof globalThis.fetch],
]

/** A fetch for which every host name is this machine. */
export function everyHostIsHere(): typeof globalThis.fetch {
  const dispatcher = new Agent({
    connect: { lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
  })
  onTestFinished(() => dispatcher.close())
  return (input, init) =>
    (undiciFetch as unknown as typeof globalThis.fetch)(input, Object.assign({ dispatcher }, init))
}
