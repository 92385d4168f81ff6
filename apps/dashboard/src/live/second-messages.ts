import type { EntryKind } from '../state.ts'
import type { Setup } from '../vendors/setup.ts'
import type { StoreSetup } from './store.ts'

/** What the first process tells the second, over a channel that is theirs alone: it holds secrets. */
export type ToSecond =
  | {
      readonly type: 'start'
      readonly store: StoreSetup
      readonly vendors: readonly { readonly card: string; readonly setup: Setup; readonly aheadMs: number }[]
      readonly pollMs: number
    }
  /** Time of one vendor. */
  | { readonly type: 'ahead'; readonly card: string; readonly ms: number }

/** What the second process tells the first: nothing secret. */
export type FromSecond =
  | {
      readonly type: 'told'
      readonly card: string
      readonly kind: EntryKind
      readonly text: string
      readonly renewal: boolean
    }
  | { readonly type: 'counts'; readonly requests: number; readonly failures: number }
