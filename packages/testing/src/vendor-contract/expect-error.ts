import { type CredentialError, type CredentialErrorCode, isCredentialError } from '@valetkey/core'
import { assert } from '../store-contract/assert.ts'

/** What `work` throws, which must be a typed error with one of the codes. */
export function thrownBy(work: () => unknown, codes: readonly CredentialErrorCode[], when: string): CredentialError {
  try {
    work()
  } catch (error) {
    return checked(error, codes, when)
  }
  return checked(undefined, codes, when)
}

/** The same for a promise. */
export async function rejectionOf(
  work: Promise<unknown>,
  codes: readonly CredentialErrorCode[],
  when: string,
): Promise<CredentialError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return checked(error, codes, when)
}

function checked(error: unknown, codes: readonly CredentialErrorCode[], when: string): CredentialError {
  const isTyped = isCredentialError(error)
  // The message of a foreign error may hold a secret.
  const found = isTyped ? error.code : error instanceof Error ? `an error without a code (${error.name})` : 'nothing'
  assert(isTyped && codes.includes(error.code), `${when} the error must be ${codes.join(' or ')}, not ${found}`)
  return error
}
