import type { Terminal } from '../../src/once/run.ts'

/** A terminal that keeps what is written to it. */
export function recordingTerminal(hasColor = false) {
  const printed: string[] = []
  const warned: string[] = []
  const waiters = new Set<() => void>()
  const record = (lines: string[]) => (text: string) => {
    lines.push(text)
    for (const look of waiters) look()
  }
  const terminal: Terminal = { print: record(printed), warn: record(warned), hasColor }
  return {
    terminal,
    printed: () => printed.join('\n'),
    warned: () => warned.join('\n'),
    /** The first group of the pattern, as soon as something printed matches. */
    waitFor: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const look = () => {
          const found = printed.join('\n').match(pattern)?.[1]
          if (found === undefined) return
          waiters.delete(look)
          resolve(found)
        }
        waiters.add(look)
        look()
      }),
  }
}
