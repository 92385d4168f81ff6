import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { usageError } from '../cli-error.ts'
import type { Invocation } from '../command.ts'
import type { CommandIo } from '../io.ts'
import { parseObject } from '../json.ts'

/** The request that `-X`, `-H` and `-d` describe. @throws CliError `usage` */
export async function parseRequest({ io, values, lists }: Invocation): Promise<RequestInit> {
  const headers = parseHeaders(lists.header ?? [])
  if (values.data === undefined) return { method: values.request ?? 'GET', headers }
  const body = await readBody(values.data, io)
  if (!headers.has('content-type')) headers.set('content-type', typeOf(body))
  return { method: values.request ?? 'POST', headers, body }
}

function parseHeaders(lines: readonly string[]): Headers {
  const headers = new Headers()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+):(.*)$/s.exec(line) ?? []
    try {
      headers.append(name.trim(), value.trim())
    } catch {
      // The platform's own error would quote the value.
      throw usageError(`a header must be "name: value"; "${name}" is none`)
    }
  }
  return headers
}

/** Bytes, so that the request can be sent again. */
async function readBody(data: string, { stdin, cwd, signal }: CommandIo): Promise<Uint8Array<ArrayBuffer>> {
  if (!data.startsWith('@')) return new TextEncoder().encode(data)
  if (data === '@-') return new Uint8Array(await buffer(addAbortSignal(signal, stdin)))
  const file = resolve(cwd, data.slice(1))
  return await readFile(file).catch(() => {
    throw usageError(`${file} cannot be read`)
  })
}

function typeOf(body: Uint8Array): string {
  const isJson = parseObject(`{"body":${new TextDecoder().decode(body)}}`) !== undefined
  return isJson ? 'application/json' : 'application/x-www-form-urlencoded'
}
