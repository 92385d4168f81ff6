import { readBasic, readBearer } from '../authorization.ts'
import { parseBody } from '../request-log.ts'

/** What a request shows to be let in. */
export interface Presented {
  /** Every `api_key` in query and body. */
  readonly apiKeys: readonly string[]
  /** From `Authorization: Basic` with the user `bearer`, or from `Authorization: Bearer`. */
  readonly token: string
}

export async function readPresented(
  { url, headers }: Request,
  body: string,
  acceptsBearer: boolean,
): Promise<Presented> {
  const authorization = headers.get('authorization')
  const basic = readBasic(authorization)
  const fields = await bodyFields(headers, body)
  return {
    apiKeys: [
      ...new URL(url).searchParams.getAll('api_key'),
      ...(fields.api_key === undefined ? [] : [fields.api_key]),
    ],
    token: basic?.user === 'bearer' ? basic.password : acceptsBearer ? readBearer(authorization) : '',
  }
}

/** The texts of a form, of either encoding. */
export async function bodyFields(headers: Headers, body: string): Promise<Readonly<Record<string, string>>> {
  const type = headers.get('content-type')
  if (!type?.startsWith('multipart/form-data')) return parseBody(type, body).fields
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  return Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
