import type { CredentialEvents } from '@valetkey/core'
import type { EntryKind, TimelineEntry } from '../state.ts'
import type { AnyCredential } from '../vendors/connection.ts'

/** Slightly more than the page shows. */
const ENTRIES = 60

/** A burst of the same event is one line. ms */
const TOGETHER_MS = 1_500

/** So far back the same event is looked for: other events may come between. */
const LOOK_BACK = 12

export interface Timeline {
  /** Newest first. */
  entries(): readonly TimelineEntry[]
  add(entry: NewEntry): void
}

export type NewEntry = Pick<TimelineEntry, 'card' | 'name' | 'kind' | 'text'> & { readonly process?: 1 | 2 }

export function createTimeline(): Timeline {
  const entries: TimelineEntry[] = []
  let count = 0
  return {
    entries: () => entries,
    add({ process = 1, ...entry }) {
      const at = Date.now()
      const same = entries
        .slice(0, LOOK_BACK)
        .findIndex((other) => isSame(other, { process, ...entry }) && at - other.at < TOGETHER_MS)
      const known = entries[same]
      if (known) entries[same] = { ...known, count: known.count + 1 }
      else entries.unshift({ id: ++count, at, process, ...entry, count: 1 })
      entries.length = Math.min(entries.length, ENTRIES)
    },
  }
}

function isSame(one: TimelineEntry, other: NewEntry): boolean {
  return one.card === other.card && one.process === other.process && one.kind === other.kind && sameText(one, other)
}

/** Durations differ. */
function sameText({ text: one }: NewEntry, { text: other }: NewEntry): boolean {
  return one.replace(/\d+/g, '') === other.replace(/\d+/g, '')
}

/** What is said of an event. */
export interface Told {
  readonly event: keyof CredentialEvents
  readonly kind: EntryKind
  readonly text: string
}

type Tellers = {
  readonly [E in keyof CredentialEvents]: (event: CredentialEvents[E]) => readonly [kind: EntryKind, text: string]
}

const TELLERS: Tellers = {
  acquired: ({ durationMs }) => ['good', `token acquired in ${Math.round(durationMs)} ms`],
  refreshed: ({ durationMs }) => ['good', `token refreshed in ${Math.round(durationMs)} ms`],
  adopted: () => ['shared', 'token adopted from the store, no token call'],
  waited: ({ durationMs }) => ['shared', `waited ${Math.round(durationMs)} ms for another process`],
  refused: ({ status, reason }) => ['refused', `request refused with ${status}${reason ? ` (${reason})` : ''}`],
  replayed: ({ accepted, status }) => [
    'good',
    accepted ? 'request replayed, accepted' : `replayed, answered ${status}`,
  ],
  replay_skipped: ({ reason }) => ['refused', `request not replayed (${reason})`],
  scope_required: ({ scopes }) => ['refused', `more scopes needed (${scopes.join(' ') || 'not named'})`],
  refresh_failed: ({ reason, status }) => [
    'failed',
    `token endpoint: ${status ?? (reason === 'token_unavailable' ? 'no answer' : reason)}`,
  ],
  reauthorization_required: ({ reason }) => ['failed', `sign in again (${reason})`],
  reauthorization_due: () => ['failed', 'sign-in ends soon: sign in again'],
  signed_in: () => ['good', 'signed in'],
  sign_in_failed: ({ reason }) => ['failed', `sign-in failed (${reason})`],
  store_degraded: ({ reason }) => ['failed', `store cannot be reached (${reason})`],
  store_went_back: () => ['failed', 'store had an older record; the newer one was put back'],
  signed_out: () => ['refused', 'signed out'],
}

/** Tells every event of a credential. None of it is secret. */
export function tellEvents(credential: AnyCredential, tell: (told: Told) => void): void {
  credential.on('*', (event, detail) => {
    const [kind, text] = wordsOf(event, detail)
    tell({ event, kind, text })
  })
}

function wordsOf<E extends keyof CredentialEvents>(
  event: E,
  detail: CredentialEvents[E],
): readonly [EntryKind, string] {
  return TELLERS[event](detail)
}
