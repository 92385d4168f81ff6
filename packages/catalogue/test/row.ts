import type { Rules } from './imitation.ts'

/** What a vendor's own documentation shows of one vendor: the proof of its data in `src`. */
export interface Row {
  /** `import * as … from '../../src/….ts'` */
  readonly module: object
  /** Values of placeholders and variants, and scopes, as in the documentation's examples. */
  readonly options?: Readonly<Record<string, unknown>>
  /** As the documentation writes them, for `options`. */
  readonly endpoints: {
    readonly authorize?: string
    readonly token: string
    readonly device?: string
    readonly revoke?: string
    readonly api: readonly string[]
  }
  /** By the name of the module's export. */
  readonly grants: Readonly<Record<string, Rules>>
  /** What `details()` has after a sign-in. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Where a person registers a client. */
  readonly register?: string
  /** Grants that the owner of a live account has checked with `scripts/check-vendor.mjs`, each with the day. */
  readonly checked?: Readonly<Record<string, string>>
  /** What goes wrong with this vendor, and what to do: a sentence each. */
  readonly traps: readonly string[]
  /** What the public documentation did not say, in a few words each: it is left out of the data. */
  readonly notFound: readonly string[]
}
