import { isCredentialError } from '@valetkey/core'
import { epochMs } from '../epoch.ts'
import type { FailedOperation } from './worker-line.ts'

/** What an operation rejected with, as a line. */
export function failureOf(error: unknown, account: string): FailedOperation {
  const common = { type: 'failed', account, at: epochMs() } as const
  if (isCredentialError(error, 'reauthorization_required')) {
    const { code, message, reason, since } = error
    return { ...common, code, message, reason, since }
  }
  if (isCredentialError(error)) return { ...common, code: error.code, message: error.message }
  return { ...common, code: 'untyped', message: String(error) }
}
