const { once } = require('node:events')
const { createServer } = require('node:http')

/**
 * One request through the packages to a small vendor on a loopback port, which refuses the first token.
 * Prints what the caller got and what the vendor saw.
 */
module.exports = async function exchange({ flume, withCredential }) {
  const seen = []
  const server = createServer((request, response) => answer(request, response, seen))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const baseUrl = `http://127.0.0.1:${server.address().port}`
  const user = { username: 'robin@example.com', password: 'example-password' }
  const client = { clientId: 'example-client', clientSecret: 'example-secret' }
  const credential = flume.password({ ...client, ...user, baseUrl, allowInsecureRequests: true })
  const response = await withCredential(fetch, credential)(`${baseUrl}/me`)
  console.log(JSON.stringify({ status: response.status, answer: await response.json(), seen }))
  await credential.close()
  server.close()
}

async function answer(request, response, seen) {
  const body = await text(request)
  const isToken = request.url === '/oauth/token'
  seen.push(`${request.method} ${request.url} ${isToken ? JSON.parse(body).grant_type : request.headers.authorization}`)
  response.setHeader('content-type', 'application/json')
  if (!isToken && request.headers.authorization === 'Bearer access-1') response.statusCode = 401
  response.end(JSON.stringify(isToken ? tokens(body) : { hello: 'robin' }))
}

function tokens(body) {
  const count = JSON.parse(body).grant_type === 'password' ? 1 : 2
  const data = [
    { token_type: 'bearer', access_token: `access-${count}`, refresh_token: `refresh-${count}`, expires_in: 3600 },
  ]
  return { success: true, data }
}

async function text(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
