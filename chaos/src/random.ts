export function between(least: number, most: number): number {
  return least + Math.random() * (most - least)
}

/** `share`: 0 never, 1 always. */
export function chance(share: number): boolean {
  return Math.random() < share
}

export function pick<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)]
}
