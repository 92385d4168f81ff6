import { pipeline } from 'node:stream/promises'
import { type Credential, isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { CliError, EXIT } from '../cli-error.ts'
import type { Invocation } from '../commands.ts'

/** The answer's body is not the last thing that may be printed. */
const NO_END = { end: false }

/** Sends a request with a credential and prints the answer. @returns its status @throws CliError `api_unreachable` */
export async function exchange(
  invocation: Invocation,
  credential: Credential,
  url: string,
  request: RequestInit,
): Promise<number> {
  const { signal } = invocation.io
  const response = await send(withCredential(fetch, credential), url, { ...request, signal })
  await print(invocation, response)
  return response.status
}

async function send(http: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await http(url, init)
  } catch (error) {
    if (isCredentialError(error) || !(error instanceof TypeError)) throw error
    throw new CliError('api_unreachable', EXIT.unavailable, `${new URL(url).host} cannot be reached${causeOf(error)}`)
  }
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
}

async function print({ io, output, flags }: Invocation, response: Response): Promise<void> {
  const { status, statusText, headers } = response
  if (flags.json) {
    return output.result({ status, headers: Object.fromEntries(headers), body: await response.text() }, '')
  }
  if (flags.include) {
    const lines = [`HTTP ${status} ${statusText}`.trim(), ...[...headers].map(([name, value]) => `${name}: ${value}`)]
    io.stdout.write(`${lines.join('\n')}\n\n`)
  }
  if (response.body === null) return
  const body = io.stdout.isTTY ? withLineEnd(response.body) : response.body
  await pipeline(body, io.stdout, NO_END)
}

const LINE_END = 10

/** So that the prompt of the shell stands on a line of its own. */
async function* withLineEnd(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let last: number | undefined
  for await (const chunk of body) {
    last = chunk.at(-1) ?? last
    yield chunk
  }
  if (last !== undefined && last !== LINE_END) yield Uint8Array.of(LINE_END)
}
