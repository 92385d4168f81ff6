import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import * as m2m from '@valetkey/m2m'
import { simulators } from '@valetkey/testing/simulators'
import { ProxyAgent, fetch as undiciFetch } from 'undici'
import { expect, onTestFinished, test } from 'vitest'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

/** A proxy that tunnels, and notes where to. */
async function startProxy() {
  const tunnels: string[] = []
  const server = createServer()
  server.on('connect', ({ url = '' }, socket, head: Buffer) => {
    tunnels.push(url)
    const { hostname, port } = new URL(`http://${url}`)
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      target.write(head)
      target.pipe(socket).pipe(target)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels }
}

test('token requests go through the proxy of the option fetch', async () => {
  await using api = await simulators.m2m(CLIENT)
  const proxy = await startProxy()
  const dispatcher = new ProxyAgent(proxy.url)
  onTestFinished(() => dispatcher.destroy())
  const send = (input: string, init: object) => undiciFetch(input, { ...init, dispatcher })
  // The types of undici's answers are not those of the platform.
  const overProxy = send as unknown as typeof fetch
  const options = { ...api.options, fetch: overProxy }
  expect((await m2m.clientCredentials(options).getToken()).tokenType).toBe('Bearer')
  expect(proxy.tunnels).toEqual([new URL(api.baseUrl).host])
})
