import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, Socket, type TcpSocketConnectOpts } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Where connections of this process would have gone that were refused, as `host:port`, in order. */
export interface LoopbackGuard {
  /** What was refused since the last call. */
  take(): string[]
}

const THIS_MACHINE = new BlockList()
THIS_MACHINE.addSubnet('127.0.0.0', 8, 'ipv4')
THIS_MACHINE.addAddress('::1', 'ipv6')
for (const { address, family } of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []))
  THIS_MACHINE.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4')

const INSTALLED = Symbol.for('valetkey.loopbackGuard')

/**
 * From now on no socket of this process connects to a host that is not this machine: neither of fetch, node:http and undici nor of
 * a database's client. Files without isolation share a process, so that it is installed once.
 */
export function loopbackGuard(): LoopbackGuard {
  const installed = globalThis as { [INSTALLED]?: LoopbackGuard }
  installed[INSTALLED] ??= install()
  return installed[INSTALLED]
}

function install(): LoopbackGuard {
  const refused: string[] = []
  const connect = Socket.prototype.connect
  const refuse = (socket: Socket, host: string, port: unknown): void => {
    refused.push(`${host}:${port}`)
    socket.destroy(new Error(`a test would have connected to ${host}:${port}, which is not this machine`))
  }
  Socket.prototype.connect = function guarded(this: Socket, ...given: unknown[]): Socket {
    const { host = 'localhost', port, path, lookup } = optionsOf(given)
    if (typeof path !== 'string') {
      // A lookup of the test's own may give every name an address of this machine.
      const isTold = lookup !== undefined && lookup !== systemLookup && isIP(host) === 0
      if (!isTold && !isThisMachine(host)) {
        process.nextTick(refuse, this, host, port)
        return this
      }
      this.on('lookup', (_error, address) => {
        if (address && !isThisMachine(address)) refuse(this, address, port)
      })
    }
    return Reflect.apply(connect, this, given)
  }
  return { take: () => refused.splice(0) }
}

/** Of `connect(options)`, `connect(port, host)`, `connect(path)`, and of the array that Node makes of each. */
function optionsOf([first, second]: readonly unknown[]): Partial<TcpSocketConnectOpts> & { readonly path?: unknown } {
  if (Array.isArray(first)) return optionsOf(first)
  if (typeof first === 'object' && first !== null) return first
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first }
  return { port: Number(first), host: typeof second === 'string' ? second : undefined }
}

function isThisMachine(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '')
  const family = isIP(address)
  return family === 0 ? /^localhost\.?$/i.test(address) : THIS_MACHINE.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
