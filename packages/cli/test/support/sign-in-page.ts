import type { Running } from './cli.ts'

/** The address at which a login that was started wants the person to sign in. */
export async function pageOf(login: Running): Promise<URL> {
  const [, text = ''] = await login.printed(/^(https?:\/\/\S+)$[\s\S]*Waiting/m)
  return new URL(text)
}

/** What the browser shows when it comes back to the command line: status and heading. */
export async function open(callback: URL | string, init?: RequestInit): Promise<string> {
  const response = await fetch(callback, init)
  const [, heading = ''] = /<h1>(.*)<\/h1>/.exec(await response.text()) ?? []
  return `${response.status} ${heading}`
}

/** The same address with other parameters. */
export function withParameters(url: URL, parameters: Readonly<Record<string, string | undefined>>): URL {
  const changed = new URL(url)
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) changed.searchParams.delete(name)
    else changed.searchParams.set(name, value)
  }
  return changed
}
