import { createServer } from 'node:net'
import { listenOnLoopback } from './listen.ts'

/** A loopback port that nobody listens on, for a program that wants to be told one. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  const port = await listenOnLoopback(probe)
  await probe[Symbol.asyncDispose]()
  return port
}
