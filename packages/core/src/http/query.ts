type Parameters = Readonly<Record<string, string>>

/** Whether the query of a URL, or of a path, has one of the names. */
export function hasParameter(url: string, names: readonly string[]): boolean {
  return names.length > 0 && pairsOf(url).some((pair) => names.includes(decode(pair).name))
}

/** The URL with each parameter whose name it does not have already. The spelling of the rest stays. */
export function withQuery(url: string, added: Parameters): string {
  if (Object.keys(added).length === 0) return url
  const missing = Object.entries(added).filter(([name]) => !hasParameter(url, [name]))
  return withPairs(url, [...pairsOf(url), ...missing.map((pair) => pair.map(encode).join('='))])
}

/** The URL without these parameters; another value under the same name stays, and so does the spelling of the rest. */
export function withoutQuery(url: string, removed: Parameters): string {
  if (Object.keys(removed).length === 0) return url
  const kept = pairsOf(url).filter((pair) => {
    const { name, value } = decode(pair)
    return removed[name] !== value
  })
  return withPairs(url, kept)
}

/** As the URL parser prints it, which encodes the apostrophe too. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27')
}

function pairsOf(url: string): string[] {
  const { query } = split(url)
  return query === '' ? [] : query.slice(1).split('&')
}

function withPairs(url: string, pairs: readonly string[]): string {
  const { path, hash } = split(url)
  return pairs.length === pairsOf(url).length ? url : `${path}${pairs.length > 0 ? '?' : ''}${pairs.join('&')}${hash}`
}

function split(url: string): { path: string; query: string; hash: string } {
  const [beforeHash = ''] = url.split('#', 1)
  const [path = ''] = beforeHash.split('?', 1)
  return { path, query: beforeHash.slice(path.length), hash: url.slice(beforeHash.length) }
}

function decode(pair: string): { name: string; value: string } {
  const [[name, value] = ['', '']] = new URLSearchParams(pair)
  return { name, value }
}
