// A pass over the accounts, as docs/keep-warm.md shows it, when a person has to sign in again.
import { fakeSignInCredential } from '@valetkey/testing'

const [module] = process.argv.slice(2)
const { nightly } = await import(module)
const credential = fakeSignInCredential()
await credential.failWith('reauthorization_required')
console.log(await nightly(credential))
