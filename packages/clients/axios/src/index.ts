export type { AttachCredentialOptions } from './attach-credential.ts'
export { attachCredential } from './attach-credential.ts'
export type { AxiosLike } from './axios-like.ts'
