// `node child.ts <subject> <store address, or ''> <origin> <per second> <seconds>`: one of several processes that use one grant.
import { withCredential } from '@valetkey/fetch'
import { type OpenLoop, sendAtRate } from '../runner/open-loop.ts'
import { ready } from '../runner/run-child.ts'
import { readAll, type Send } from '../subjects/subject.ts'
import { subjectTitled } from '../subjects/subjects.ts'
import { sharedCredential } from '../subjects/valetkey.ts'
import type { SignedIn } from '../vendor/token-endpoint.ts'
import { openStore } from './stores.ts'

const [title = '', address = '', origin = '', perSecond = '50', seconds = '10'] = process.argv.slice(2)
const send = address === '' ? await sendWithCopy() : await sendWithStore()
console.log(JSON.stringify((await sendAtRate(send, Number(perSecond), Number(seconds))) satisfies OpenLoop))
process.exit()

/** Each process has a copy of the same tokens, as libraries without a store do. */
async function sendWithCopy(): Promise<Send> {
  const subject = subjectTitled(title)
  return subject.open({ origin, tokens: (await ready()) as SignedIn })
}

async function sendWithStore(): Promise<Send> {
  const { store } = await openStore(JSON.parse(address))
  const authorized = withCredential(fetch, sharedCredential(origin, 'refresh token', store))
  await ready()
  return async (path) => readAll(await authorized(`${origin}${path}`))
}
