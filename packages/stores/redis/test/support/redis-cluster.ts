import { until } from '@valetkey-app/test-support/until'
import { type RedisServer, startRedis } from './redis-server.ts'

const SLOTS = 16_384
const MASTERS = 3

export interface RedisCluster {
  readonly masters: readonly RedisServer[]
  /** The master that was started with the slot of `name`. */
  masterOf(name: string): Promise<RedisServer>
  /** Makes a new server a replica of a master. */
  addReplica(master: RedisServer): Promise<void>
  stop(): Promise<void>
}

/** Three masters that share the slots evenly. */
export async function startCluster(): Promise<RedisCluster> {
  const masters = await Promise.all(Array.from({ length: MASTERS }, startNode))
  const first = masters[0]!
  for (const [index, master] of masters.entries()) {
    await master.command('cluster', 'set-config-epoch', String(index + 1))
    await master.command('cluster', 'addslotsrange', String(startOf(index)), String(startOf(index + 1) - 1))
    await meet(master, first)
  }
  const nodes = [...masters]
  await until('the cluster is complete', () => agree(nodes))
  return {
    masters,
    async masterOf(name) {
      const slot = Number(await first.command('cluster', 'keyslot', name))
      return masters.findLast((_, index) => startOf(index) <= slot)!
    },
    async addReplica(master) {
      const replica = await startNode()
      nodes.push(replica)
      await meet(replica, master)
      await until('the cluster knows its replica', () => agree(nodes))
      await replica.command('cluster', 'replicate', await idOf(master))
      await until('the replica follows its master', async () => {
        const info = await master.command('info', 'replication')
        return String(info).includes('state=online')
      })
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

/** Moves the slot of `name` with its keys. `during`: runs while the slot is half way. */
export async function moveSlot(
  name: string,
  from: RedisServer,
  to: RedisServer,
  during: () => Promise<void>,
): Promise<void> {
  const slot = String(await from.command('cluster', 'keyslot', name))
  await to.command('cluster', 'setslot', slot, 'importing', await idOf(from))
  await from.command('cluster', 'setslot', slot, 'migrating', await idOf(to))
  await from.command('migrate', '127.0.0.1', String(to.port), name, '0', '1000')
  await during()
  for (const node of [to, from]) await node.command('cluster', 'setslot', slot, 'node', await idOf(to))
}

function startNode(): Promise<RedisServer> {
  return startRedis({ settings: { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000' } })
}

function startOf(index: number): number {
  return Math.floor((index * SLOTS) / MASTERS)
}

async function meet(node: RedisServer, other: RedisServer): Promise<void> {
  if (node !== other) await other.command('cluster', 'meet', '127.0.0.1', String(node.port))
}

async function idOf(node: RedisServer): Promise<string> {
  return String(await node.command('cluster', 'myid'))
}

/** Whether all nodes know each other and take commands. */
async function agree(nodes: readonly RedisServer[]): Promise<boolean> {
  const infos = await Promise.all(nodes.map(async (node) => String(await node.command('cluster', 'info'))))
  return infos.every(
    (info) => info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}\r`),
  )
}
