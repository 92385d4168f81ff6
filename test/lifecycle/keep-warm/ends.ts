// Ends by itself although it keeps accounts warm: its next pass is ten minutes away.
import { memoryStore } from '@valetkey/core'
import { keepWarm, warmOnce } from '@valetkey/core/keep-warm'
import { connect } from './connect.ts'

const credential = connect({ tokenUrl: 'http://127.0.0.1:1/token', store: memoryStore() })
await credential.for('skipper').importTokens({ accessToken: 'access-1', refreshToken: 'refresh-1' })
keepWarm(credential)
const [looked] = await warmOnce(credential)
if (looked?.outcome === 'not_due') console.log('kept')
