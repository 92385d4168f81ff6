export type { FetchLike, FetchWithCredential } from './fetch-like.ts'
export type { WithCredentialOptions } from './with-credential.ts'
export { withCredential } from './with-credential.ts'
