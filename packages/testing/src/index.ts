export { clientContract } from './client-contract/client-contract.ts'
export type {
  ClientAbility,
  ClientContractOptions,
  ClientHooks,
  ClientSetup,
  ClientUnderTest,
  ContractAnswer,
  ContractRequest,
  ContractServer,
  MakeClient,
} from './client-contract/subject.ts'
export type { FakeCredential, FakeCredentialOptions, FakeObservation } from './fake-credential.ts'
export { fakeCredential } from './fake-credential.ts'
export type {
  FakeBeginOptions,
  FakePendingSignIn,
  FakeResourceCredential,
  FakeResourceOptions,
  FakeSignInCredential,
  FakeSignInCredentialOptions,
} from './fake-sign-in-credential.ts'
export { fakeSignInCredential } from './fake-sign-in-credential.ts'
export type { FakeControls, FakeTokenCredential, FakeTokenCredentialOptions } from './fake-token-credential.ts'
export { fakeTokenCredential } from './fake-token-credential.ts'
export type { Inspect } from './find-leaks.ts'
export { findLeaks } from './find-leaks.ts'
export type { ExcludedCase, Runner } from './runner.ts'
export { storeContract } from './store-contract/store-contract.ts'
export type { StoreAbility, StoreContractOptions, StoreUnderTest } from './store-contract/subject.ts'
export type { VendorUnderTest } from './vendor-contract/subject.ts'
export { vendorContract } from './vendor-contract/vendor-contract.ts'
export type { VirtualClock, VirtualClockOptions } from './virtual-clock.ts'
export { virtualClock } from './virtual-clock.ts'
