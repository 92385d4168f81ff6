// What a server and a browser do with the routes of the README of @valetkey/sign-in: a person signs in, and out.
import { memoryStore } from '@valetkey/core'
import { simulators } from '@valetkey/testing/simulators'

const [module] = process.argv.slice(2)
const vendor = await simulators.airthings({
  clientId: process.env.VALETKEY_AIRTHINGS_CLIENT_ID ?? '',
  clientSecret: process.env.VALETKEY_AIRTHINGS_CLIENT_SECRET ?? '',
  redirectUris: ['https://air.example.com/airthings/callback'],
})
const network = fetch
globalThis.fetch = (_, init) => network(vendor.tokenUrl, init)

const { signInRoutes } = await import(module)
const handler = signInRoutes(memoryStore(), async () => 'robin')
const headers = { 'sec-fetch-site': 'same-origin' }
const begun = await handler(new Request('https://air.example.com/airthings/sign-in', { headers }))
const page = new URL(vendor.authorizationUrl)
page.search = new URL(begun.headers.get('location') ?? '').search
const [cookie = ''] = begun.headers.getSetCookie().map((text) => text.split(';')[0])
const completed = await handler(new Request(vendor.approve(page), { headers: { ...headers, cookie } }))
const signOut = new Request('https://air.example.com/airthings/sign-out', { method: 'POST', headers })
const signedOut = await handler(signOut)
console.log(begun.status, completed.status, completed.headers.get('location'), signedOut.status, vendor.tokenCalls())
await vendor.close()
