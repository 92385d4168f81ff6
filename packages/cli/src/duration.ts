const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** `2 h 5 min`, `9 s`: the two largest units of what is left. */
export function duration(ms: number): string {
  let rest = Math.max(0, Math.floor(ms / 1_000))
  const parts: string[] = []
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0 || (unit === 's' && parts.length === 0)) parts.push(`${count} ${unit}`)
  }
  return parts.slice(0, 2).join(' ')
}
