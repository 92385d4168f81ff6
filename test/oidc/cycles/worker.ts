// One process: each message makes it send its requests, and tell what became of them.
import { isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { openStore } from './redis.ts'
import type { WorkerPlan, WorkerReport } from './worker-plan.ts'
import { connect } from './worker-plan.ts'

const plan: WorkerPlan = JSON.parse(process.argv[2] ?? '')
const { store } = await openStore(plan.socket)
const apiFetch = withCredential(fetch, connect(plan, store))

process.on('message', () => void cycle().then(tell))
tell({ outcomes: [] })

async function cycle(): Promise<WorkerReport> {
  return { outcomes: await Promise.all(Array.from({ length: plan.requests }, request)) }
}

async function request(): Promise<string> {
  try {
    const { status } = await apiFetch(plan.apiOrigin)
    return String(status)
  } catch (error) {
    return isCredentialError(error) ? error.code : String(error)
  }
}

function tell(report: WorkerReport): void {
  process.send?.(report)
}
