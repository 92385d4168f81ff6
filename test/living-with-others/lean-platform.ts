import { request as httpRequest, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

/**
 * What React Native gives a program in place of the platform's (abort-controller 3 over event-target-shim 5, whatwg-fetch 3
 * over XMLHttpRequest), as far as it lacks something: signals without `reason`, `throwIfAborted()`, `any()`, `timeout()` and
 * the options of listeners; answers without `body` and `redirected`, redirects that are always followed; forms without a
 * name; no `ReadableStream` and no `DOMException`.
 */
export const leanGlobals: Readonly<Record<string, unknown>> = {
  AbortSignal: leanSignal(),
  AbortController: leanController(),
  FormData: leanForm(),
  fetch: leanFetch,
  ReadableStream: undefined,
  DOMException: undefined,
}

const BOUNDARY = 'lean-form'

type Listener = () => void

function leanSignal() {
  return class AbortSignal {
    aborted = false
    private readonly listeners = new Set<Listener>()
    addEventListener(_type: string, listener: Listener): void {
      this.listeners.add(listener)
    }
    removeEventListener(_type: string, listener: Listener): void {
      this.listeners.delete(listener)
    }
    fire(): void {
      if (this.aborted) return
      this.aborted = true
      for (const listener of this.listeners) listener()
    }
  }
}

function leanController() {
  return class AbortController {
    readonly signal = new (leanGlobals.AbortSignal as ReturnType<typeof leanSignal>)()
    abort(): void {
      this.signal.fire()
    }
  }
}

function leanForm() {
  return class FormData {
    readonly parts: [name: string, value: string][] = []
    append(name: string, value: string): void {
      this.parts.push([name, value])
    }
  }
}

interface Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string
  readonly signal: AbortSignal | null | undefined
}

/** For URLs of http. Aborts with an error, as React Native does. */
async function leanFetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const { method = 'GET', signal } = init
  const headers = new Headers(init.headers)
  return exchange({ url: new URL(url), method, headers, body: bodyOf(init.body, headers), signal })
}

async function exchange(sent: Exchange): Promise<Response> {
  const answer = await send(sent)
  const { statusCode: status = 0, headers } = answer
  const bytes = await buffer(answer)
  if (status < 300 || status >= 400 || headers.location === undefined) return leanResponse(sent.url.href, answer, bytes)
  return exchange(afterRedirect(sent, status, new URL(headers.location, sent.url)))
}

function afterRedirect(sent: Exchange, status: number, url: URL): Exchange {
  const headers = new Headers(sent.headers)
  if (url.origin !== sent.url.origin) headers.delete('authorization')
  return status >= 307 ? { ...sent, url, headers } : { ...sent, url, headers, method: 'GET', body: '' }
}

function send({ url, method, headers, body, signal }: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers: Object.fromEntries(headers) }, resolve)
    const abort = () => request.destroy(Object.assign(new Error('Aborted'), { name: 'AbortError' }))
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    request.on('error', reject)
    request.on('close', () => signal?.removeEventListener('abort', abort))
    request.end(body)
  })
}

function bodyOf(body: unknown, headers: Headers): string {
  if (typeof body === 'string' || typeof body === 'number') return String(body)
  if (typeof body !== 'object' || body === null || !('parts' in body)) return ''
  headers.set('content-type', `multipart/form-data; boundary=${BOUNDARY}`)
  const parts = body.parts as readonly [string, string][]
  const lines = parts.map(
    ([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${lines.join('')}--${BOUNDARY}--\r\n`
}

function leanResponse(url: string, answer: IncomingMessage, bytes: Buffer): Response {
  const { statusCode: status = 0, statusMessage: statusText } = answer
  const headers = new Headers(answer.headers as Record<string, string>)
  const text = bytes.toString()
  const lean = {
    ...{ type: 'default', status, statusText, ok: status >= 200 && status < 300, url, headers },
    text: async () => text,
    json: async () => JSON.parse(text),
    clone: () => leanResponse(url, answer, bytes),
  }
  return lean as unknown as Response
}
