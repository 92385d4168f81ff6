import type { Reply, Send } from './connection.ts'
import { isSuccess } from './counters.ts'
import { type Json, toJson } from './json.ts'
import { ApiProblem } from './problem.ts'

/** A vendor that is silent for this long will not answer; the next reading may do better. */
const TIMEOUT_MS = 30_000

/** JSON requests to one vendor's API. */
export interface Api {
  get(path: string): Promise<Json>
  post(path: string, body: object): Promise<Json>
}

/**
 * @param send attaches the credential
 * @param signal gives up what is under way
 */
export function createApi(send: Send, baseUrl: string, signal?: AbortSignal): Api {
  const request = async (path: string, init: RequestInit): Promise<Json> => {
    const url = new URL(path, baseUrl)
    const limits = [AbortSignal.timeout(TIMEOUT_MS), signal].filter((limit) => limit !== undefined)
    const reply = await send(url, { ...init, signal: AbortSignal.any(limits) })
    return readJson(reply, `the request for "${url.pathname.split('/').at(-1)}"`)
  }
  return {
    get: (path) => request(path, {}),
    post: (path, body) => {
      const headers = { 'content-type': 'application/json' }
      return request(path, { method: 'POST', headers, body: JSON.stringify(body) })
    },
  }
}

async function readJson(reply: Reply, request: string): Promise<Json> {
  const place = `the answer to ${request}`
  const value: unknown = await reply.json().catch((error: unknown) => {
    if (!isSuccess(reply.status)) return undefined
    throw error instanceof SyntaxError ? new ApiProblem(`${place} is not JSON`) : error
  })
  if (!isSuccess(reply.status)) throw new ApiProblem(`${request} was answered with HTTP ${reply.status}`)
  return toJson(value, place)
}
