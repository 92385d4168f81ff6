import { createTokenCredential, GrantError } from '@valetkey/core'
import { clientCredentials } from '@valetkey/oauth2'

/** A program whose last request for a token fails, and that has nothing else to do. Prints the error's code. */
const [tokenUrl = '', patience] = process.argv.slice(2)
const definition = { vendor: 'acme', origins: ['https://api.acme.example'] }
const credential =
  tokenUrl === 'grant-dead'
    ? createTokenCredential({
        ...definition,
        identity: [],
        grant: {
          acquire: async () => {
            console.log('sign-in')
            throw new GrantError({ kind: 'reauthorization_required', sent: true, oauthError: 'invalid_grant' })
          },
        },
      })
    : clientCredentials({
        ...definition,
        tokenUrl,
        clientId: 'client',
        clientSecret: 'client-secret',
        allowInsecureRequests: true,
      })
const leave = new AbortController()
const token = credential.getToken({ signal: leave.signal })
if (patience === 'none') leave.abort(Object.assign(new Error('left'), { code: 'left' }))
await token.catch((error: { code?: string }) => console.log(error.code))
