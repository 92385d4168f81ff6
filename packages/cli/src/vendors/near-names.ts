const MOST = 3

/** The names that somebody may have meant, at most three, the nearest first. */
export function nearNames(given: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, distance: isPart(given, name) ? 0 : distance(given, name) }))
    .filter(({ distance }) => distance <= given.length / 3)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ name }) => name)
}

/** `polar-access` of `polar-accesslink`, and `google` of `google-drive`. */
function isPart(given: string, name: string): boolean {
  return (given.length > 2 && name.startsWith(given)) || given.startsWith(`${name}-`)
}

/** How many letters to put in, take out or replace (Levenshtein). */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...from].entries()) {
    const below = [row + 1]
    for (const [column, cost] of above.slice(0, -1).entries()) {
      const replaced = cost + (letter === to[column] ? 0 : 1)
      below.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (below[column] ?? 0) + 1))
    }
    above = below
  }
  return above.at(-1) ?? 0
}
