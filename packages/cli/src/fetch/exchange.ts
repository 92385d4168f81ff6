import { type Credential, isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { CliError, EXIT } from '../cli-error.ts'
import type { Invocation } from '../command.ts'

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

async function print({ output, flags }: Invocation, response: Response): Promise<void> {
  const { status, statusText, headers } = response
  if (flags.json) {
    return output.result({ status, headers: Object.fromEntries(headers), body: await response.text() })
  }
  if (flags.include) {
    const lines = [...headers].map(([name, value]) => `${name}: ${value}`)
    output.head(`HTTP ${status} ${statusText}`.trim(), ...lines, '')
  }
  if (response.body !== null) await output.body(response.body)
}
