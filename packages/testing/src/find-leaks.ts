/** How the platform shows a value, e.g. `(value) => util.inspect(value, { depth: 9, showHidden: true })`. */
export type Inspect = (value: unknown) => string

/**
 * The places where a secret is visible if a program prints, logs, clones or serialises `value`; an empty list means none.
 * Looks at every own member (hidden ones, symbols, `message`, `stack` and `cause` of errors, maps, sets, headers), at
 * `String(value)`, at JSON, at what a structured clone carries and at `inspect`. A secret also counts percent-encoded,
 * in Base64 and as JSON writes it. Getters of the prototype are not read: a program has to call them explicitly.
 */
export function findLeaks(value: unknown, secrets: readonly string[], inspect?: Inspect): string[] {
  const forms = secrets.flatMap(formsOf)
  const shows = (text: string | undefined) => text !== undefined && forms.some((form) => text.includes(form))
  const views: [string, () => string | undefined][] = [
    ['String()', () => String(value)],
    ['JSON', () => JSON.stringify(value)],
    ['inspect', () => inspect?.(value)],
  ]
  const found = views.filter(([, view]) => shows(attempt(view))).map(([name]) => name)
  for (const [path, text] of texts(value, 'value')) if (shows(text)) found.push(path)
  const cloned = attempt(() => structuredClone(value))
  for (const [path, text] of texts(cloned, 'clone')) if (shows(text)) found.push(path)
  return found
}

function formsOf(secret: string): string[] {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(secret))).replace(/=+$/, '')
  const formEncoded = new URLSearchParams({ '': secret }).toString().slice(1)
  return [secret, encodeURIComponent(secret), formEncoded, base64, JSON.stringify(secret).slice(1, -1)]
}

/** Every string that can be reached from `value`, with its path, including keys. */
function* texts(value: unknown, path: string, seen: Set<unknown> = new Set()): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value]
  if (!isObject(value) || seen.has(value)) return
  seen.add(value)
  for (const [name, member] of members(value)) {
    yield [`${path}.${name} (name)`, name]
    yield* texts(member, `${path}.${name}`, seen)
  }
}

function members(value: object): [string, unknown][] {
  const own = Reflect.ownKeys(value).map((key): [string, unknown] => [
    String(key),
    attempt((): unknown => Reflect.get(value, key)),
  ])
  return [...own, ...entriesOf(value)]
}

/** The contents of maps, sets, headers, query parameters and bytes are not members of these objects. */
function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Uint8Array) return [['bytes', new TextDecoder().decode(value)]]
  if (value instanceof Set) return [...value].map((item) => ['item', item])
  const pairs = value instanceof Map || value instanceof Headers || value instanceof URLSearchParams ? [...value] : []
  return pairs.flatMap(([key, item]): [string, unknown][] => [
    ['key', key],
    ['item', item],
  ])
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** A view that throws has no text. */
function attempt<T>(view: () => T): T | undefined {
  try {
    return view()
  } catch {
    return undefined
  }
}
