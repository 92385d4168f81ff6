import type { Incident } from '../faults/incidents.ts'
import type { Presentation } from '../vendor/presentation.ts'

/** What happened in a run, as vendor, monkey and workers saw it. Times in Unix ms. */
export interface History {
  readonly presentations: readonly Presentation[]
  readonly incidents: readonly Incident[]
  /** When a worker was about to send the refresh token with this number. */
  readonly sendings: readonly { readonly worker: string; readonly serial: number; readonly at: number }[]
  /** When the store was first seen to hold the refresh token with this number. */
  readonly stored: ReadonlyMap<number, number>
  /** When a process first saw that the store holds the refresh token with this number, by the name of its life. */
  readonly seen: ReadonlyMap<string, ReadonlyMap<number, number>>
  readonly signIns: readonly { readonly account: string; readonly at: number }[]
}

/** Each distinct record that said that a user must sign in again. */
export interface Death {
  readonly account: string
  readonly reason: string
  /** Unix ms, the store's clock. */
  readonly since: number
}
