/** Adapters of others give any object. */
export function headerOf(headers: object | undefined, name: string): string | null {
  const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)
  return found ? String(found[1]) : null
}
