import { createServer } from 'node:http'
import { password } from '@valetkey/oauth2'
import { fileStore } from '@valetkey/store-file'

/** A server that shuts down as its document says, or has no handler. Its second token is asked for by a request under way. */
const [module = '', tokenUrl = '', folder = ''] = process.argv.slice(2)
const credential = password({
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  tokenUrl,
  allowInsecureRequests: true,
  clientId: 'client',
  username: 'robin',
  password: 'p4ssword',
  store: fileStore({ path: folder }),
})
const server = createServer((_request, response) => {
  void credential.getToken().then(({ accessToken }) => response.end(accessToken))
})
if (module !== '') {
  const { endAtSignals } = await import(module)
  endAtSignals(server, [credential])
}
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
