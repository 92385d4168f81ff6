import { withCredential } from '@valetkey/fetch'
import * as flume from '@valetkey/flume'

const user = { username: 'robin@example.com', password: 'example-password' }
const credential = flume.password({ clientId: 'example-client', clientSecret: 'example-secret', ...user })
const send: typeof fetch = withCredential(fetch, credential)

console.log(typeof send)
