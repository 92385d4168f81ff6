export type { AttachCredentialOptions, AxiosLike } from './attach-credential.ts'
export { attachCredential } from './attach-credential.ts'
