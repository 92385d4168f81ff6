// Writes docs/images/replayed-request.svg: `node --conditions=@valetkey/source packages/otel/test/trace/main.ts`.
import { writeFileSync } from 'node:fs'
import { pictureOf } from './picture.ts'
import { traceReplayedRequest } from './scenario.ts'

/** So long a vendor takes for tokens, and for data: the bars are then long enough to read. */
const [TOKEN_MS, API_MS] = [180, 70]

// The first one loads modules and connects.
await traceReplayedRequest(() => 0)
const rows = await traceReplayedRequest((path) => (path === '/token' ? TOKEN_MS : API_MS))
writeFileSync(new URL('../../../../docs/images/replayed-request.svg', import.meta.url), pictureOf(rows))
