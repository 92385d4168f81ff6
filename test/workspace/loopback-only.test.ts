import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import axios from 'axios'
import { expect, onTestFinished, test } from 'vitest'
import { loopbackGuard } from './loopback/guard.ts'

const VENDOR = 'vendor.example'
const guard = loopbackGuard()

async function failureOf(socket: { once(event: 'error', listener: (error: Error) => void): unknown }): Promise<Error> {
  return new Promise((resolve) => {
    socket.once('error', resolve)
  })
}

test.each<[string, string, () => Promise<unknown>]>([
  ['fetch', `${VENDOR}:443`, () => fetch(`https://${VENDOR}/token`, { method: 'POST' })],
  ['axios', `${VENDOR}:80`, () => axios.post(`http://${VENDOR}/token`, 'secret=1', { adapter: 'http' })],
  ['node:http', `${VENDOR}:80`, async () => Promise.reject(await failureOf(httpRequest(`http://${VENDOR}/`)))],
  ['node:net', '203.0.113.7:443', async () => Promise.reject(await failureOf(connect(443, '203.0.113.7')))],
  [
    'node:tls',
    `${VENDOR}:443`,
    async () => Promise.reject(await failureOf(tlsConnect({ host: VENDOR, port: 443, servername: VENDOR }))),
  ],
  [
    'a lookup that names another machine',
    '203.0.113.7:80',
    async () => {
      const lookup = (_host: string, _options: object, done: (error: null, address: string, family: number) => void) =>
        done(null, '203.0.113.7', 4)
      const socket = connect({ host: VENDOR, port: 80, lookup, autoSelectFamily: false })
      return Promise.reject(await failureOf(socket))
    },
  ],
])('in a test, %s reaches no other machine, and the test is told', async (_, place, send) => {
  await expect(send()).rejects.toBeInstanceOf(Error)
  expect(guard.take()).toEqual([place])
})

test('this machine is reached, by address and by name', async () => {
  const server = createServer((_, response) => response.end('here'))
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  for (const host of ['127.0.0.1', 'localhost'])
    expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('here')
  expect(guard.take()).toEqual([])
})
