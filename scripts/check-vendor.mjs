// `node scripts/check-vendor.mjs github [grant] [url]`: checks a vendor of packages/catalogue with a live account. Options are
// read from variables, as the command line has them: VALETKEY_GITHUB_CLIENT_ID, VALETKEY_GITHUB_CLIENT_SECRET, …
// Build first: `npx pnpm@12.21.0 run build`. What it prints at the end goes into `checked` of the vendor's row.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

const { positionals } = parseArgs({ allowPositionals: true })
const [name = '', chosen, url] = positionals
const module = await import(`../packages/catalogue/dist/${name}.js`).catch((error) => {
  console.error(`usage: node scripts/check-vendor.mjs <vendor> [grant] [url]\n${error.message}`)
  process.exit(2)
})
const grant = chosen ?? Object.keys(module).find((key) => key !== 'vendor')
const factory = module[grant]
if (factory?.options === undefined) throw new Error(`${name} has no grant "${grant}"`)
const options = Object.fromEntries(
  Object.keys(factory.options).flatMap((option) => {
    const snake = option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    const value = process.env[`VALETKEY_${name}_${snake}`.replaceAll('-', '_').toUpperCase()]
    return value === undefined ? [] : [[option, option === 'scopes' ? value.split(/[ ,]+/) : value]]
  }),
)

if ('redirectUri' in factory.options) options.redirectUri ??= 'http://127.0.0.1:8976/callback'
const credential = factory(options)
await signIn()
const first = await credential.getToken()
console.log(
  `a token that ends ${first.expiresAt === undefined ? 'at no known time' : new Date(first.expiresAt).toISOString()}`,
)
if (url !== undefined) {
  const { headers = {} } = await credential.authorization()
  const { status } = await fetch(url, { headers })
  console.log(`${url} answers ${status}`)
}
const { renewable } = await credential.status()
if (renewable) {
  await credential.renew(await credential.authorization())
  const second = await credential.getToken()
  console.log(second.accessToken === first.accessToken ? 'the renewal gave the same token' : 'renewed')
}
await credential.signOut()
console.log(`signed out\n\nchecked: { ${grant}: '${new Date().toISOString().slice(0, 10)}' },`)

async function signIn() {
  if (credential.completeSignIn !== undefined) {
    const { url: page, signIn: pending } = await credential.beginSignIn()
    const { hostname, port } = new URL(options.redirectUri)
    const server = createServer().listen(Number(port), hostname)
    console.log(`Sign in at ${page}`)
    const [request, response] = await once(server, 'request')
    response.setHeader('connection', 'close').end('You can close this page.')
    server.close()
    await credential.completeSignIn(request.url, pending)
  } else if (credential.beginSignIn !== undefined) {
    const { userCode, verificationUri, done } = await credential.beginSignIn()
    console.log(`Enter ${userCode} at ${verificationUri}`)
    await done
  }
}
