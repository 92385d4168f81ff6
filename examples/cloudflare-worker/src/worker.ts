import { env } from 'cloudflare:workers'
import { itemsFetch } from './items-fetch.ts'

export default {
  fetch: ({ signal }: Request): Promise<Response> => itemsFetch(new URL('/v1/items', env.M2M_BASE_URL), { signal }),
}
