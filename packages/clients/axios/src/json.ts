import { isReplayable } from './body.ts'
import type { Body } from './conceal.ts'

const JSON_LIMIT_BYTES = 65_536

/** What a body that was read says; undefined for a stream, which is the caller's to read. */
export async function parseJson(body: Body): Promise<unknown> {
  if (!isReplayable(body) || (body?.length ?? body?.byteLength ?? body?.size ?? 0) > JSON_LIMIT_BYTES) return undefined
  try {
    return JSON.parse(await new Response(body as BodyInit).text())
  } catch {
    return undefined
  }
}
