import type { Authorization, Credential, ResponseView } from '@valetkey/core'
import { createSender } from '@valetkey/core/kit'
import type { VendorUnderTest } from './subject.ts'

/** What became of one request. */
export interface Sending {
  /** The authorization of each attempt; `undefined`: it went out untouched. */
  readonly attempts: readonly (Authorization | undefined)[]
  /** Of the answer that the caller gets. */
  readonly status: number
}

/** Sends a request as every client plugin does, to an API that answers with these statuses. */
export async function send(credential: Credential, url: string, statuses: readonly number[]): Promise<Sending> {
  const attempts: (Authorization | undefined)[] = []
  // The API of these tests knows each token at once.
  const status = await createSender({ ...credential, untilKnown: () => undefined })<number>({
    url,
    alreadyAuthorized: () => false,
    async send(authorization) {
      attempts.push(authorization)
      return statuses[attempts.length - 1] ?? 200
    },
    view: (answer) => viewOf(answer),
    discard: () => {},
  })
  return { attempts, status }
}

/** An answer of the API without a body. */
export function viewOf(status: number, headers: Readonly<Record<string, string>> = {}): ResponseView {
  return { status, url: '', header: (name) => headers[name.toLowerCase()] ?? null, json: async () => undefined }
}

/** Every text that an authorization puts on a request; what is in a Basic header also as it was before. */
export function textsOf({ headers, query }: Authorization): string[] {
  const values = [...Object.values(headers), ...Object.values(query)]
  return [...values, ...values.flatMap(decodeBasic)]
}

function decodeBasic(value: string): string[] {
  const encoded = /^Basic ([a-z0-9+/]+=*)$/i.exec(value)?.[1]
  return encoded === undefined ? [] : [atob(encoded)]
}

/** One of the vendor's API. */
export function apiUrl({ origins: [origin = ''] }: VendorUnderTest): string {
  return `${origin}/v1/things`
}
