import { env, waitUntil } from 'cloudflare:workers'
import { createItemsFetch } from './items-fetch.ts'

const itemsFetch = createItemsFetch(env, waitUntil)

export default {
  fetch: ({ signal }: Request): Promise<Response> => itemsFetch(new URL('/v1/items', env.M2M_BASE_URL), { signal }),
}
