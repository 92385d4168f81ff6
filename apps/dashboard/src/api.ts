import { type Json, toJson } from './json.ts'
import { ApiProblem } from './problem.ts'

type Fetch = typeof globalThis.fetch

/** A vendor that is silent for this long will not answer; the next reading may do better. */
const TIMEOUT_MS = 30_000

/** JSON requests to one vendor's API. */
export interface Api {
  get(path: string): Promise<Json>
  post(path: string, body: object): Promise<Json>
}

/**
 * @param fetch attaches the credential
 * @param signal gives up what is under way
 */
export function createApi(fetch: Fetch, baseUrl: string, signal?: AbortSignal): Api {
  const request = async (path: string, init: RequestInit): Promise<Json> => {
    const url = new URL(path, baseUrl)
    const limits = [AbortSignal.timeout(TIMEOUT_MS), signal].filter((limit) => limit !== undefined)
    const response = await fetch(url, { ...init, signal: AbortSignal.any(limits) })
    return readJson(response, `the request for "${url.pathname.split('/').at(-1)}"`)
  }
  return {
    get: (path) => request(path, {}),
    post: (path, body) => {
      const headers = { 'content-type': 'application/json' }
      return request(path, { method: 'POST', headers, body: JSON.stringify(body) })
    },
  }
}

async function readJson(response: Response, request: string): Promise<Json> {
  if (!response.ok) {
    await response.body?.cancel()
    throw new ApiProblem(`${request} was answered with HTTP ${response.status}`)
  }
  const place = `the answer to ${request}`
  const value: unknown = await response.json().catch((error: unknown) => {
    throw error instanceof SyntaxError ? new ApiProblem(`${place} is not JSON`) : error
  })
  return toJson(value, place)
}
