import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeWith } from './support/needs.ts'
import { DOCUMENT, transcriptIn } from './transcript/document.ts'
import { recordTranscript } from './transcript/record.ts'

/** It waits for a token to expire. */
const TIMEOUT_MS = 120_000

describeWith('tmux', 'sudo apt-get install -y tmux')('in a terminal', () => {
  test('login, fetch, waiting until the token has expired, and fetch are as docs/cli.md shows them', {
    timeout: TIMEOUT_MS,
  }, async () => {
    expect(await recordTranscript()).toBe(transcriptIn(readFileSync(DOCUMENT, 'utf8')))
  })
})
