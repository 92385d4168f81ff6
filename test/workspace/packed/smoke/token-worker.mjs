import { clientCredentials } from '@valetkey/oauth2'

export default {
  async fetch(_request, { TOKEN_URL: tokenUrl }) {
    const credential = clientCredentials({
      ...{ vendor: 'acme', origins: ['https://api.example.com'], tokenUrl, allowInsecureRequests: true },
      ...{ clientId: 'example-client', clientSecret: 'example-secret' },
      normalize: ({ status, body }) => ({ status, body: { access_token: body, expires_in: 3600 } }),
    })
    return new Response((await credential.getToken()).accessToken)
  },
}
