import type { ResponseView } from '@valetkey/core'

const JSON_LIMIT_BYTES = 65_536

/** node-fetch's clones stop at this much until the other one is read. */
const NODE_STREAM_LIMIT_BYTES = 16_384

/** A class, since one is made for every answer: as an object with a getter it would cost more than all the rest. */
export class FetchResponseView implements ResponseView {
  readonly status: number
  readonly #response: Response

  constructor(response: Response) {
    this.status = response.status
    this.#response = response
  }

  get url(): string {
    return this.#response.url
  }

  header(name: string): string | null {
    return headerOf(this.#response, name)
  }

  json(): Promise<unknown> {
    return readJson(this.#response).catch(() => undefined)
  }
}

/** Fetches of tests may answer with no more than a status. */
export function headerOf({ headers }: { readonly headers?: Headers }, name: string): string | null {
  return headers?.get(name) ?? null
}

/** Frees what stands behind a body that nobody will read. */
export async function discard({ body }: Request | Response): Promise<void> {
  if (isNodeStream(body)) body.destroy()
  else await body?.cancel()
}

async function readJson(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  const length = Number(response.headers.get('content-length') ?? 0)
  // Events have no end, and waiting for one would keep the answer from the caller.
  if (response.body === null || length > JSON_LIMIT_BYTES || type.startsWith('text/event-stream')) return undefined
  const copy = response.clone()
  if (copy.body && 'getReader' in copy.body) return parse(await readText(copy.body))
  return length > 0 && length <= NODE_STREAM_LIMIT_BYTES ? parse(await copy.text()) : undefined
}

async function readText(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    text += decoder.decode(value, { stream: true })
    if (size > JSON_LIMIT_BYTES) {
      // Resolves only when the caller gives up its copy too.
      reader.cancel().catch(() => {})
      return ''
    }
  }
}

function parse(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}

/** node-fetch's bodies. */
function isNodeStream(body: object | null): body is { destroy(): void } {
  return body !== null && 'destroy' in body
}
