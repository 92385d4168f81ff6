import { type BluesondeSimulator, simulators } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'

export const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }
export const COOKIE_KEY: string = 'f0'.repeat(32)

export interface Vendor extends BluesondeSimulator {
  readonly redirectUri: string
}

export async function startVendor(origin: string): Promise<Vendor> {
  const redirectUri = `${origin}/buoys/callback`
  const vendor = await simulators.bluesonde({ ...CLIENT, redirectUris: [redirectUri] })
  onTestFinished(() => vendor.close())
  return Object.assign(vendor, { redirectUri })
}

export interface Answer {
  readonly status: number
  readonly location: string | null
  readonly text: string
}

/** Keeps cookies, and says what browsers say of a click. */
export interface Browser {
  click(url: URL | string): Promise<Answer>
  /** The form of a page of the same server, without fields. */
  submit(url: URL | string): Promise<Answer>
}

/** @param session a cookie, as the server's own log-in sets it; `''` where nobody has logged in */
export function openBrowser(session: string, send: typeof fetch = fetch): Browser {
  const cookies = new Map(session === '' ? [] : [['session', session]])
  const go = async (url: URL | string, init: RequestInit): Promise<Answer> => {
    const headers = new Headers(init.headers)
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    headers.set('sec-fetch-site', 'same-origin')
    const answer = await send(url, { ...init, headers, redirect: 'manual' })
    for (const text of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      if (text.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value)
    }
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
  }
  return {
    click: (url) => go(url, {}),
    submit: (url) =>
      go(url, { method: 'POST', body: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  }
}
