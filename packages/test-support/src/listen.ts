import { once } from 'node:events'
import type { Server } from 'node:net'

/** Lets a server listen on a free loopback port, which it resolves with. */
export async function listenOnLoopback(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
