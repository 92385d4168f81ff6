import { readStart } from '@valetkey/core/kit'

/** Up to this much of the body of a `Request` is kept for a replay. */
const KEPT_BYTES = 1_048_576

export function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === 'object' && 'url' in input && !('href' in input)
}

/** Whether a fetch finds the URL that was read: a class that overrides `url`, or an object that is no `Request`, may show another. */
export function isUnequivocal(input: RequestInfo | URL): boolean {
  if (!isRequest(input)) return true
  if (Object.hasOwn(input, 'url') || Object.prototype.toString.call(input) !== '[object Request]') return false
  let above = Reflect.getPrototypeOf(input)
  while (above && !Object.hasOwn(above, 'url')) above = Reflect.getPrototypeOf(above)
  return !('url' in ((above && Reflect.getPrototypeOf(above)) ?? {}))
}

/** The `Request` whose body is sent, if it is one. */
export function requestWithBody(input: RequestInfo | URL, init: RequestInit | undefined): Request | undefined {
  return isRequest(input) && (init?.body ?? undefined) === undefined && mayHaveBody(input) ? input : undefined
}

/** Firefox does not say whether a `Request` has a body. Reading an absent body gives an empty one. */
function mayHaveBody({ body, method }: Request): boolean {
  return body === undefined ? method !== 'GET' && method !== 'HEAD' : body !== null
}

/** The body of a `Request`, which can be read once. */
export interface KeptBody {
  /** What is sent; of a copy, once it is whole. */
  content: BodyInit
  /** Whether it is all there and can be sent again. */
  readonly isWhole: Promise<boolean>
  /** Frees what is not read. */
  giveUp(): void
}

/** A copy for the next time, read while the `Request` itself is sent, with the length that it has. */
export function copyBody(request: Request): KeptBody {
  const copy = request.clone()
  const reader = readerOf(copy.body)
  const giveUp = () => void reader?.cancel().catch(() => {})
  const read = async (): Promise<boolean> => {
    const { chunks, isWhole } = reader ? await readStart(reader, KEPT_BYTES) : await readWhole(copy)
    if (isWhole) kept.content = new Blob(chunks)
    else giveUp()
    return isWhole
  }
  const kept: KeptBody = { content: '', isWhole: read().catch(() => false), giveUp }
  return kept
}

/** The body itself, to be sent to another URL: as its bytes, or as a stream where there are more of them than are kept. */
export async function takeBody(request: Request, isBrowser: boolean): Promise<KeptBody> {
  // Browsers send streams over HTTP/2 only, or not at all.
  const reader = isBrowser ? undefined : readerOf(request.body)
  const { chunks, isWhole } = reader ? await readStart(reader, KEPT_BYTES) : await readWhole(request)
  const content = isWhole || !reader ? new Blob(chunks) : streamOf(chunks, reader)
  return { content, isWhole: Promise.resolve(isWhole), giveUp: () => {} }
}

/** Where a `Request` does not show its body as a stream (Firefox, node-fetch). */
async function readWhole(request: Request): Promise<{ chunks: BlobPart[]; isWhole: boolean }> {
  const bytes = await request.arrayBuffer()
  return { chunks: [new Uint8Array(bytes)], isWhole: bytes.byteLength <= KEPT_BYTES }
}

function readerOf(body: Request['body']): ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined {
  return body && 'getReader' in body ? body.getReader() : undefined
}

function streamOf(chunks: BlobPart[], reader: ReadableStreamDefaultReader<BlobPart>): ReadableStream<BlobPart> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = chunks.length > 0 ? { done: false, value: chunks.shift() } : await reader.read()
      if (done || !value) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** What fetch reads of `init`, most of which a `Request` has too; runtimes differ. */
const MEMBERS = [
  'body',
  'cache',
  'cf',
  'credentials',
  'dispatcher',
  'duplex',
  'headers',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
  'signal',
]

/** What sends the same by `fetch(url, …)` as `fetch(request, init)` does; a body of the request is there as its stream. */
export function asInit(request: Request, init: RequestInit): RequestInit {
  const own = Object.entries(init).filter(
    ([name, value]) => value !== undefined && !(name === 'body' && value === null),
  )
  const members: RequestInit = { ...readMembers(request), headers: request.headers, ...Object.fromEntries(own) }
  // No `init` may ask for the mode of a navigation.
  if (members.mode === 'navigate') delete members.mode
  return members
}

/** What a spread copies, and the inherited members of a class (a `Request` used as `init`) or of a chain of defaults. */
export function membersOf(init: RequestInit | undefined): RequestInit | undefined {
  if (!init || Object.getPrototypeOf(init) === null) return init
  return { ...readMembers(init), ...init }
}

function readMembers(from: Request | RequestInit): RequestInit {
  const members = MEMBERS.map((name): [string, unknown] => [name, Reflect.get(from, name)])
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}
