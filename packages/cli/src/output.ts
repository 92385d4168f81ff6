import { isCredentialError } from '@valetkey/core'
import { CliError, EXIT, exitCodeOf } from './exit-codes.ts'
import type { Io } from './io.ts'

/** Where a command says what came of it. */
export interface Output {
  /** The result, once: `json` with `--json`, otherwise `text`. An empty text prints nothing. */
  result(json: unknown, text: string): void
  /** A line for the person at the terminal. */
  note(text: string): void
}

export function createOutput({ stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>, asJson: boolean): Output {
  return {
    result(json, text) {
      const line = asJson ? JSON.stringify(json) : text
      if (line !== '') stdout.write(`${line}\n`)
    },
    note: (text) => void stderr.write(`${text}\n`),
  }
}

/** Prints why a command failed. @returns its exit code */
export function reportError(error: unknown, { stderr }: Pick<Io, 'stderr'>, asJson: boolean): number {
  const exitCode = exitCodeOf(error)
  if (asJson) stderr.write(`${JSON.stringify({ error: { ...membersOf(error), exitCode } })}\n`)
  else stderr.write(`valetkey: ${messageOf(error)}\n${hintOf(error, exitCode)}`)
  return exitCode
}

function membersOf(error: unknown): object {
  const message = messageOf(error)
  if (error instanceof CliError) return { code: error.code, message }
  if (!isCredentialError(error)) return { code: 'unexpected', message }
  const { code, vendor, account, isRetryable } = error
  return { code, message, vendor, account, isRetryable }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function hintOf(error: unknown, exitCode: number): string {
  if (!isCredentialError(error) || exitCode !== EXIT.signInNeeded) return ''
  const account = error.account === 'default' ? '' : ` --account ${error.account}`
  return `Sign in with: valetkey login ${error.vendor}${account}\n`
}
