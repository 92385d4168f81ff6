import { createServer } from 'node:net'
import { listenOnLoopback } from './listen.ts'

/** A free loopback port, for a program that takes a port as an option. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  const port = await listenOnLoopback(probe)
  await probe[Symbol.asyncDispose]()
  return port
}
