import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { TimelineEntry } from '../state.ts'

/** So often at most something is read out. ms */
const QUIET_MS = 8_000

/** Tells screen readers what was done and what failed, and is silent about refreshes: they happen all the time. */
export function Announcer({ entries }: { readonly entries: readonly TimelineEntry[] }): JSX.Element {
  const [text, setText] = useState('')
  const said = useRef({ id: entries[0]?.id ?? 0, at: 0 })
  useEffect(() => {
    const worth = entries.filter(({ id, kind }) => id > said.current.id && (kind === 'you' || kind === 'failed'))
    if (worth.length === 0 || Date.now() - said.current.at < QUIET_MS) return
    said.current = { id: entries[0]?.id ?? 0, at: Date.now() }
    setText(worth.map(({ name, text: what }) => `${name}: ${what}`).join('. '))
  }, [entries])
  return (
    <p class="unseen" role="status" aria-live="polite">
      {text}
    </p>
  )
}
