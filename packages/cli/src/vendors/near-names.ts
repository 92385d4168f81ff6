import { editDistance } from '@valetkey/core/kit'

const MOST = 3

/** The names that the user may have meant, at most three, the nearest first. */
export function nearNames(given: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, distance: isPart(given, name) ? 0 : editDistance(given, name) }))
    .filter(({ distance }) => distance <= given.length / 3)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ name }) => name)
}

/** `polar-access` of `polar-accesslink`, and `google` of `google-drive`. */
function isPart(given: string, name: string): boolean {
  return (given.length > 2 && name.startsWith(given)) || given.startsWith(`${name}-`)
}
