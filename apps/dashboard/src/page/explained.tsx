import type { ComponentChildren, HTMLAttributes, JSX } from 'preact'
import { useState } from 'preact/hooks'

interface Tip {
  readonly isOpen: boolean
  /** Of an element around the thing and its explanation. */
  readonly around: HTMLAttributes<HTMLElement>
}

/** An explanation shows on hover and focus, stays while the pointer is on it, and goes with Escape (WCAG 1.4.13). */
export function useTip(): Tip {
  const [isOpen, setOpen] = useState(false)
  const open = () => setOpen(true)
  const close = () => setOpen(false)
  const onKeyDown = ({ key }: { readonly key: string }) => key === 'Escape' && close()
  return { isOpen, around: { onMouseEnter: open, onMouseLeave: close, onFocusIn: open, onFocusOut: close, onKeyDown } }
}

interface TextProps {
  readonly id: string
  readonly text: string
}

export function TipText({ id, text, isOpen }: TextProps & { readonly isOpen: boolean }): JSX.Element {
  return (
    <span role="tooltip" id={id} class="tip" hidden={!isOpen}>
      {text}
    </span>
  )
}

/** A word that is explained. */
export function Explained({ id, text, children }: TextProps & { readonly children: ComponentChildren }): JSX.Element {
  const { isOpen, around } = useTip()
  return (
    <span {...around}>
      <button type="button" class="term" aria-describedby={id}>
        {children}
      </button>
      <TipText id={id} text={text} isOpen={isOpen} />
    </span>
  )
}
