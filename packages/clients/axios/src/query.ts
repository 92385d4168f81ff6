type Query = Readonly<Record<string, string>>

/** `URL.canParse` of Node 20 denies international names. */
export function parseUrl(url: string, base: string): URL | undefined {
  try {
    return new URL(url, base)
  } catch {
    return undefined
  }
}

export function hasParameter(url: string, names: readonly string[]): boolean {
  return names.some((name) => new URL(url).searchParams.has(name))
}

export function withQuery(url: string, query: Query): string {
  if (Object.keys(query).length === 0) return url
  const [beforeHash = ''] = url.split('#', 1)
  return `${beforeHash}${url.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`
}

/** The URL without these parameters; another value under the same name stays, and so does the spelling of the rest. */
export function withoutQuery(url: string, query: Query): string {
  if (Object.keys(query).length === 0) return url
  const [path, ...rest] = url.split('?')
  const pairs = rest.join('?').split('&')
  const kept = pairs.filter((pair) => ![...new URLSearchParams(pair)].some(([name, value]) => query[name] === value))
  return kept.length === pairs.length ? url : [path, kept.join('&')].filter(Boolean).join('?')
}
