import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** When the focused button of a group goes away, its first button has the focus. @param buttons which ones there are */
export function useFocusKept(buttons: string): RefObject<HTMLFieldSetElement | null> {
  const group = useRef<HTMLFieldSetElement>(null)
  const wasInside = useRef(false)
  useLayoutEffect(() => {
    const isNowhere = document.activeElement === document.body
    if (wasInside.current && isNowhere) group.current?.querySelector('button')?.focus()
  }, [buttons])
  useLayoutEffect(() => {
    const look = ({ target }: FocusEvent) => {
      wasInside.current = target instanceof Node && group.current?.contains(target) === true
    }
    document.addEventListener('focusin', look)
    return () => document.removeEventListener('focusin', look)
  }, [])
  return group
}
