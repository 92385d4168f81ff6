export type { FetchLike } from './fetch-like.ts'
export type { WithCredentialOptions } from './with-credential.ts'
export { withCredential } from './with-credential.ts'
