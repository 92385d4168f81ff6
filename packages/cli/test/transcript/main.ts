// `npm run cli-transcript`: writes into docs/cli.md what a terminal shows. Needs tmux.
import { readFileSync, writeFileSync } from 'node:fs'
import { DOCUMENT, withTranscript } from './document.ts'
import { recordTranscript } from './record.ts'

const transcript = await recordTranscript()
writeFileSync(DOCUMENT, withTranscript(readFileSync(DOCUMENT, 'utf8'), transcript))
console.log(transcript)
