export type { SignInHandler } from './handler.ts'
export { signInHandler } from './handler.ts'
export type { FailedSignIn, SignInHandlerOptions, SignInStep } from './options.ts'
export type { CookieKey } from './seal.ts'
