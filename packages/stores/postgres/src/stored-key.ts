/** Postgres keeps every character but U+0000. */
export function storedKey(key: string): string {
  return key.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')
}

export function keyOf(stored: string): string {
  return stored.replaceAll(/\\(.)/g, (_, escaped) => (escaped === '0' ? '\0' : '\\'))
}
