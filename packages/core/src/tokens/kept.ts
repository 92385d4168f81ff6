import type { AccountTokens } from './account.ts'

/** On a token credential, and on what extends it by `...`: its tokens. A symbol of the registry, so that copies of this package agree. */
export const TOKENS: unique symbol = Symbol.for('valetkey.tokens') as typeof TOKENS

/** The parts of them that `keepWarm` works with, of any copy of this package. */
export type Kept = Pick<AccountTokens, 'settings' | 'account' | 'find'>

/** `undefined`: of something else than a token credential of this package. */
export function keptOf(credential: object): Kept | undefined {
  return (credential as { readonly [TOKENS]?: Kept })[TOKENS]
}
