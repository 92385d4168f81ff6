export type { KyFetch, KyLike } from './ky-like.ts'
export type { WithCredentialOptions } from './with-credential.ts'
export { withCredential } from './with-credential.ts'
