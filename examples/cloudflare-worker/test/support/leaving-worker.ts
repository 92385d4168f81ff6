import { env, waitUntil } from 'cloudflare:workers'
import { createItemsFetch } from '../../src/items-fetch.ts'

const itemsFetch = createItemsFetch(env, waitUntil)

/** Asks for the URL that it is given; `?leave` ends the request while the answer is still awaited. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const answer = itemsFetch(searchParams.get('url') ?? '')
    if (!searchParams.has('leave')) return answer
    answer.catch(() => {})
    return new Response('left')
  },
}
