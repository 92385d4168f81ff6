/** Custom properties of the style sheet; canvases do not know them. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** What canvases write with. */
export function chartFont(): string {
  return `11px ${getComputedStyle(document.documentElement).fontFamily}`
}

/** Calls back when light becomes dark, or the other way round. Returns what ends that. */
export function onSchemeChange(listener: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', listener)
  return () => dark.removeEventListener('change', listener)
}
