import { isCredentialError } from '@valetkey/core'
import { itemsFetch } from '../../../items-fetch.ts'

export async function GET(request: Request): Promise<Response> {
  const url = new URL('/v1/items', process.env.VALETKEY_M2M_BASE_URL)
  try {
    const answer = await itemsFetch(url, { cache: 'no-store', signal: request.signal })
    return Response.json(await answer.json(), { status: answer.status })
  } catch (error) {
    if (!isCredentialError(error)) throw error
    return Response.json({ error: error.code }, { status: error.isRetryable ? 503 : 500 })
  }
}
