import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { portOf } from '../port.ts'

/**
 * - `refuse`: connections end, and new ones too
 * - `stall`: nothing passes in either direction; what was sent arrives when the link is whole again
 * - `mute`: what is asked arrives, no answer comes back; the connections end when the link is whole again
 */
export const CUTS = ['refuse', 'stall', 'mute'] as const
export type Cut = (typeof CUTS)[number]

/** The way of one process to the store's server: a port that passes everything on, until it is cut. */
export interface Link {
  readonly port: number
  cut(how: Cut): void
  mend(): void
  close(): Promise<void>
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
}

export async function openLink(targetPort: number): Promise<Link> {
  const pairs = new Set<Pair>()
  let cut: Cut | undefined

  const open = (near: Socket): void => {
    if (cut === 'refuse') return void near.destroy()
    const far = connect(targetPort, '127.0.0.1')
    const pair = { near, far }
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) socket.setNoDelay().on('error', end).on('close', end)
    near.on('data', (chunk) => far.write(chunk))
    far.on('data', (chunk) => cut === 'mute' || near.write(chunk))
    if (cut === 'stall') stall(pair)
  }

  const endAll = (): void => {
    for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy()
  }

  const server = createServer(open)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: portOf(server),
    cut(how) {
      cut = how
      if (how === 'refuse') endAll()
      if (how === 'stall') for (const pair of pairs) stall(pair)
    },
    mend() {
      if (cut === 'mute') endAll()
      if (cut === 'stall') for (const { near, far } of pairs) for (const socket of [near, far]) socket.resume()
      cut = undefined
    },
    async close() {
      endAll()
      await server[Symbol.asyncDispose]()
    },
  }
}

function stall({ near, far }: Pair): void {
  near.pause()
  far.pause()
}
