import type { AccountTokens } from './account.ts'

/** On a token credential: what `keepWarm` works with. */
export const KEPT: unique symbol = Symbol.for('valetkey.kept') as typeof KEPT

/** The parts of it that copies of this package agree on. */
export type Kept = Pick<AccountTokens, 'settings' | 'account' | 'find'>

/** `undefined`: of something else than a token credential of this package. */
export function keptOf(credential: object): Kept | undefined {
  return (credential as { readonly [KEPT]?: () => Kept })[KEPT]?.()
}
