/** Clients have an option that returns strings as bytes, which may be from another realm. */
export function textOf(reply: unknown): string {
  return ArrayBuffer.isView(reply) ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(reply) : String(reply)
}

export function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : []
}

const PAGE_SIZE = 1_000

export interface Page {
  /** Cursor of the next page; `'0'`: this was the last. */
  readonly cursor: unknown
  readonly keys: unknown
}

/** All pages of a SCAN. `page` requests the page at a cursor, with about this many keys. */
export async function* scanPages(
  page: (cursor: string, count: number) => Promise<Page>,
): AsyncGenerator<readonly string[]> {
  let next = '0'
  do {
    const { cursor, keys } = await page(next, PAGE_SIZE)
    next = textOf(cursor)
    yield listOf(keys).map(textOf)
  } while (next !== '0')
}
