import type { JSX, RefObject } from 'preact'
import { useState } from 'preact/hooks'
import { highlight } from './highlight.ts'
import { QUICK_START } from './words.ts'

interface CodeDialogProps {
  readonly dialog: RefObject<HTMLDialogElement | null>
  readonly name: string
  /** Of a file in `connect`. */
  readonly code: string
}

/** The files by which this program connects, as they were when the page was built. Each compiles alone. */
const SOURCES = import.meta.glob('../connect/*.ts', { query: '?raw', import: 'default', eager: true })

export function CodeDialog({ dialog, name, code }: CodeDialogProps): JSX.Element {
  const [copied, setCopied] = useState(false)
  const text = SOURCES[`../connect/${code}.ts`] ?? ''
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <dialog ref={dialog} class="code" aria-label={`The code of ${name}`} onClose={() => setCopied(false)}>
      <div class="code-top">
        <h3>{name}: this is all of it</h3>
        <button type="button" title="Copies the file. It compiles as it is." onClick={() => void copy()}>
          {copied ? 'Copied' : 'Copy'}
        </button>
        <a href={QUICK_START}>Quick start</a>
        <button
          type="button"
          class="quiet"
          title="Closes the code; Escape does so too."
          onClick={() => dialog.current?.close()}
        >
          Close
        </button>
      </div>
      <section class="source-code" tabindex={0} aria-label="Source">
        <pre>
          <code>
            {highlight(text).map(({ kind, text: part }, index) => (
              <span key={index} class={kind}>
                {part}
              </span>
            ))}
          </code>
        </pre>
      </section>
    </dialog>
  )
}
