import { connect, createServer, type Socket } from 'node:net'
import { listenOnLoopback } from './listen.ts'

/** A loopback port that passes everything on, and can lose an answer. */
export interface FlakyProxy {
  readonly port: number
  /** The next answer gets lost: the server has done the command, the client's connection breaks. Resolves when it is. */
  loseAnswer(): Promise<void>
  /** Passes nothing on any more for the connections there are, and ends none: half-open, as after a lost route. */
  silence(): void
  /** New connections wait until the returned function is called. */
  hold(): () => void
  close(): PromiseLike<void>
}

export async function startProxy(target: number): Promise<FlakyProxy> {
  let lose: (() => void) | undefined
  let held: Promise<void> | undefined
  const sockets = new Set<Socket>()
  const pass = (client: Socket): void => {
    const upstream = connect(target, '127.0.0.1').on('error', () => client.destroy())
    sockets.add(upstream)
    client.pipe(upstream)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    upstream.on('data', (answer) => {
      if (!lose) return client.write(answer)
      client.destroy()
      lose()
      lose = undefined
    })
  }
  const server = createServer((client) => {
    sockets.add(client.on('error', () => {}))
    if (held) void held.then(() => pass(client))
    else pass(client)
  })
  const port = await listenOnLoopback(server)
  return {
    port,
    loseAnswer: () =>
      new Promise((resolve) => {
        lose = resolve
      }),
    hold() {
      let release = (): void => {}
      held = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        held = undefined
        release()
      }
    },
    silence() {
      for (const socket of sockets)
        socket
          .unpipe()
          .removeAllListeners('data')
          .on('data', () => {})
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return server[Symbol.asyncDispose]()
    },
  }
}
