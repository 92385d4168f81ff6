import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Counts } from '@valetkey-app/test-support/mcp-authorization-server'
import { TestMcpServer } from '@valetkey-app/test-support/mcp-server'
import { endProcess, startProcess } from '@valetkey-app/test-support/processes'
import { until } from '@valetkey-app/test-support/until'

const CALLER = new URL('../processes/caller/main.ts', import.meta.url)

/** Of each process; between all but the third and the fourth, whose token is revoked, the token ends. */
const CALLS = [14, 14, 14, 16, 14, 14, 14] as const
const REVOKED_BEFORE = 3

/** Longer than the three seconds for which a new token may not be known everywhere. */
const LIFETIME_S = 4

export interface TwoHosts {
  readonly calls: number
  readonly failures: readonly string[]
  /** How often a person was asked. */
  readonly asked: number
  readonly counts: Readonly<Counts>
}

/** Two processes with one folder, 200 calls over five ends of the access token and one revocation. */
export async function runTwoHosts(how: 'valetkey' | 'sdk'): Promise<TwoHosts> {
  const server = await TestMcpServer.start({ lifetimeS: LIFETIME_S })
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-mcp-'))
  const children: ChildProcess[] = []
  try {
    const start = async (): Promise<ChildProcess> => {
      const child = startProcess(CALLER, [server.url, folder, how])
      children.push(child)
      await report(child)
      return child
    }
    const hosts = [await start(), await start()]
    const failures: string[] = []
    let asked = 0
    for (const [phase, calls] of CALLS.entries()) {
      if (phase === REVOKED_BEFORE) {
        await until('the token is known everywhere', async () => server.authorization.age() > 3_000)
        server.authorization.revokeAccess()
      } else if (phase > 0) await until('the token ends', async () => server.authorization.hasExpired())
      const reports = hosts.map(report)
      for (const host of hosts) host.send(calls)
      const done = await Promise.all(reports)
      failures.push(...done.flatMap((each) => each.failures))
      asked = done.reduce((sum, { signIns }) => sum + signIns, 0)
    }
    const calls = hosts.length * CALLS.reduce((sum, each) => sum + each, 0)
    return { calls, failures, asked, counts: server.authorization.counts }
  } finally {
    await Promise.all(children.map((child) => endProcess(child, 'SIGKILL')))
    server.close()
    await rm(folder, { recursive: true })
  }
}

interface Report {
  readonly failures: readonly string[]
  readonly signIns: number
}

async function report(child: ChildProcess): Promise<Report> {
  const ended = new AbortController()
  const end = once(child, 'exit', ended).then(([code]): never => {
    throw new Error(`a host ended with ${code}`)
  })
  try {
    const [message] = (await Promise.race([once(child, 'message', ended), end])) as [Report]
    return message
  } finally {
    ended.abort()
    end.catch(() => {})
  }
}
