import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { namesIn, pictureOf } from './trace/picture.ts'
import { traceReplayedRequest } from './trace/scenario.ts'

const committed = readFileSync(new URL('../../../docs/images/replayed-request.svg', import.meta.url), 'utf8')

test('a replayed request is one trace: the refusal, the refresh with its token request, the replay', async () => {
  const rows = await traceReplayedRequest(() => 0)
  const names = ['1 GET /boats 200', '1 GET /boats 401', '1 POST /token 200', '1 credential.refresh']
  expect(namesIn(pictureOf(rows)).toSorted()).toEqual(['0 GET /harbour', ...names])
})

test('the picture in the documents shows the spans that there are', async () => {
  const rows = await traceReplayedRequest(() => 0)
  expect(namesIn(committed).toSorted()).toEqual(namesIn(pictureOf(rows)).toSorted())
})
