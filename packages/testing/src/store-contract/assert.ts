/** Throws an error with these words: readable under every test framework, and in none. */
export function assert(condition: boolean, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint)
}

/** For texts: names both, cut to a readable length. */
export function assertText(actual: string | undefined, expected: string | undefined, what: string): void {
  assert(actual === expected, `${what}: expected ${shown(expected)}, got ${shown(actual)}`)
}

/** Long enough for any store on a busy machine, short enough to come before the time limits of test frameworks (5 s). */
const STUCK_AFTER_MS = 4000

/** Rejects with `complaint` when `work` is still pending after 4 s. */
export async function assertSettles<Result>(work: Promise<Result>, complaint: string): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint)), STUCK_AFTER_MS)
  })
  try {
    return await Promise.race([work, stuck])
  } finally {
    clearTimeout(timer)
  }
}

/** One turn of the event loop: a store that answers from memory then does not starve others, and its clock moves on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

const SHOWN_CHARACTERS = 60

function shown(text: string | undefined): string {
  if (text === undefined) return 'nothing'
  const start = JSON.stringify(text.slice(0, SHOWN_CHARACTERS))
  return text.length > SHOWN_CHARACTERS ? `${start}… (${text.length} characters)` : start
}
