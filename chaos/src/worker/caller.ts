import { setTimeout as pause } from 'node:timers/promises'
import type { TokenCredential } from '@valetkey/core'
import { createSender } from '@valetkey/core/kit'
import { epochMs } from '../epoch.ts'
import { between } from '../random.ts'
import { failureOf } from './failure-of.ts'
import type { Tally } from './tally.ts'
import { type FailedOperation, printLine } from './worker-line.ts'

const THINK_LEAST_MS = 20
const THINK_MOST_MS = 60
/** After a failure, as a program that retries would. */
const THINK_AFTER_FAILURE_MS = 200

/** Asks the API again and again with the credential, until the signal aborts. */
export async function runCaller(
  credential: TokenCredential,
  apiOrigin: string,
  tally: Tally,
  stopping: AbortSignal,
): Promise<void> {
  const { account } = credential
  const url = `${apiOrigin}/things`
  while (!stopping.aborted) {
    let thinkMs = between(THINK_LEAST_MS, THINK_MOST_MS)
    try {
      const { waitedMs, status } = await operate(credential, url)
      if (status === 401) printLine(refused(account))
      else tally.count(account, waitedMs)
    } catch (error) {
      printLine(failureOf(error, account))
      thinkMs = THINK_AFTER_FAILURE_MS
    }
    await pause(thinkMs, undefined, { signal: stopping }).catch(() => {})
  }
}

function refused(account: string): FailedOperation {
  return { type: 'failed', account, at: epochMs(), code: 'refused', message: 'the API refused a renewed token' }
}

/** One request; `waitedMs` is the time that it waited for the credential, the request itself not counted. */
async function operate(credential: TokenCredential, url: string): Promise<{ waitedMs: number; status: number }> {
  let waitingSince = performance.now()
  let waitedMs = 0
  const response = await createSender(credential)({
    url,
    alreadyAuthorized: () => false,
    async send(authorization) {
      waitedMs += performance.now() - waitingSince
      const answer = await fetch(url, { headers: authorization?.headers ?? {} })
      waitingSince = performance.now()
      return answer
    },
    view: ({ status, headers }) => ({
      status,
      url,
      header: (name) => headers.get(name),
      json: async () => undefined,
    }),
    discard: () => {},
  })
  return { waitedMs, status: response.status }
}
