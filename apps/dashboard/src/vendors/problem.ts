import { isCredentialError } from '@valetkey/core'

/** An API answered something that cannot be used. The message names the request and what is wrong, and quotes no body. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
}

/** One sentence for people. Of errors that we did not make it tells the kind only: their texts may quote what was sent. */
export function describeProblem(error: unknown): string {
  if (error instanceof ApiProblem) return error.message
  if (isCredentialError(error)) return `${error.code}: ${error.message}`
  if (!(error instanceof Error)) return 'an unknown error'
  const cause = innermostCode(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return cause === undefined ? `an unexpected ${error.name}` : `the connection failed (${cause})`
}

/** When the credential asks the token endpoint again, Unix ms by its own clock: after failed token calls it waits (a back-off). */
export function retryAtOf(error: unknown): number | undefined {
  return isCredentialError(error, 'token_unavailable') ? error.retryAt : undefined
}

/** Clients wrap the platform's error, some more than once. */
function innermostCode(error: Error): string | undefined {
  const inner = error.cause instanceof Error ? innermostCode(error.cause) : undefined
  return inner ?? codeOf(error)
}

function codeOf(error: unknown): string | undefined {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error
  return isCoded && typeof error.code === 'string' ? error.code : undefined
}
