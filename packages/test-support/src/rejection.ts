import { type CredentialErrorCode, type CredentialErrorOf, isCredentialError } from '@valetkey/core'
import { expect } from 'vitest'

/** The typed error that `promise` is rejected with. */
export async function rejection<Code extends CredentialErrorCode>(
  promise: Promise<unknown>,
  code: Code,
): Promise<CredentialErrorOf<Code>> {
  const error: unknown = await promise.then(
    () => expect.fail('it should have been rejected'),
    (reason: unknown) => reason,
  )
  if (isCredentialError(error, code)) return error
  throw error
}
