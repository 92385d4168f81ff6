import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { killProcess, startProcess } from '../../../packages/test-support/src/processes.ts'
import type { WarmCommand, WarmPlan, WarmReport } from './plan.ts'

const PROGRAM = new URL('main.ts', import.meta.url)

/** Processes whose time passes together. */
export interface Crew {
  /** Unix ms. */
  now(): number
  pass(ms: number): Promise<void>
  end(): Promise<void>
}

interface Member {
  readonly child: ChildProcess
  nextMs: number
}

export async function startCrew(count: number, plan: Omit<WarmPlan, 'chance' | 'now'>, start: number): Promise<Crew> {
  let now = start
  const members = await Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Member> => {
      const child = startProcess(PROGRAM, [JSON.stringify({ ...plan, now, chance: index / count } satisfies WarmPlan)])
      return { child, nextMs: await reportOf(child) }
    }),
  )
  return {
    now: () => now,
    async pass(ms) {
      const end = now + ms
      while (now < end) {
        const advanceMs = Math.min(end - now, ...members.map(({ nextMs }) => nextMs))
        now += advanceMs
        await Promise.all(
          members.map(async (member) => {
            const reported = reportOf(member.child)
            member.child.send({ advanceMs } satisfies WarmCommand)
            member.nextMs = await reported
          }),
        )
      }
    },
    end: async () => void (await Promise.all(members.map(({ child }) => killProcess(child)))),
  }
}

async function reportOf(child: ChildProcess): Promise<number> {
  const [{ nextMs }] = (await once(child, 'message')) as [WarmReport]
  return nextMs
}
