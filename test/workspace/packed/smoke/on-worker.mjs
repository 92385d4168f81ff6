import { env } from 'cloudflare:workers'
import { memoryStore } from '@valetkey/core'
import { createProgram } from './end-to-end.mjs'

const store = memoryStore()
const program = createProgram(env.BASE_URL, () => store)

export default {
  async fetch() {
    return Response.json(await program())
  },
}
