import type { TokenCredential } from '@valetkey/core'
import type { VendorUnderTest } from './subject.ts'

/** Signs a user in before a credential is first used, unless a user has signed in for another one with the same tokens. */
export function createSignIns({ signIn }: VendorUnderTest): (credential: TokenCredential) => TokenCredential {
  if (!signIn) return (credential) => credential
  let last: Promise<void> = Promise.resolve()

  const signInOnce = async (credential: TokenCredential): Promise<void> => {
    const { state } = await credential.status()
    // The vendor's own test knows what its factory makes.
    if (state === 'signed_out') await signIn(credential as never)
  }
  /** One after the other: a person has two hands. */
  const ready = (credential: TokenCredential): Promise<void> => {
    const mine = last.then(() => signInOnce(credential))
    last = mine.catch(() => undefined)
    return mine
  }
  return (credential) => ({
    ...credential,
    async authorization(options) {
      await ready(credential)
      return credential.authorization(options)
    },
    async getToken(options) {
      await ready(credential)
      return credential.getToken(options)
    },
  })
}
