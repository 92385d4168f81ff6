import { GrantError, isGrantError } from '@valetkey/core'
import { unusable } from './failures.ts'
import { networkFailure } from './network-failure.ts'

/** A token answer is a few kB; this bounds what a broken or hostile endpoint can make us hold, after decompression. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** The answer's JSON, whatever its content type; its text when it is not JSON. @throws GrantError `unavailable` */
export async function readAnswer(response: Response, signal: AbortSignal): Promise<unknown> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const cancel = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const text = await collectText(reader)
    signal.throwIfAborted()
    return parseJson(text)
  } catch (error) {
    cancel()
    const failure = isGrantError(error) ? error.failure : networkFailure(error)
    throw new GrantError({ ...failure, sent: true, status: response.status })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

async function collectText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw unusable('the answer is larger than 1 MiB')
    text += decoder.decode(chunk.value, { stream: true })
  }
  return text + decoder.decode()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
