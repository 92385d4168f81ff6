import type { CredentialError } from '@valetkey/core'
import { assert, assertText } from '../store-contract/assert.ts'
import { thrownBy } from './expect-error.ts'
import { textsOf } from './send.ts'
import { create, urlOptions, type VendorCase, type VendorUnderTest } from './subject.ts'
import { textOf } from './token-endpoint.ts'
import { inWorld, type World } from './world.ts'

export function optionCases(vendor: VendorUnderTest): VendorCase[] {
  const required = Object.keys(vendor.options)
  return [
    ...required.map((option) => ({
      name: `"${option}" is required, and the error says so`,
      run: () => isRequired(vendor, option),
    })),
    { name: 'without options at all the error is typed too', run: () => noOptions(vendor) },
    { name: 'members of the prototype of the options are not used', run: () => prototypeOptions(vendor) },
    { name: 'an unknown option is an error that names it', run: () => unknownOption(vendor) },
    { name: 'the account is "default" unless another one is given', run: () => account(vendor) },
    { name: 'an "account" without a value is an error, never the account "default"', run: () => noAccount(vendor) },
    ...vendor.secrets.map((option) => ({
      name: `"${option}" may be a function, which is asked when the secret is needed`,
      run: () => inWorld(vendor, (world) => secretFunction(world, option)),
    })),
    ...urlOptions(vendor).flatMap((option) => [
      { name: `"${option}" must be an absolute URL without a password`, run: () => absoluteUrl(vendor, option) },
      { name: `"${option}" must be https, except for loopback hosts`, run: () => secureUrl(vendor, option) },
      {
        name: `"${option}" may be http to a host that is listed, and to no other`,
        run: () => listedHost(vendor, option),
      },
    ]),
  ]
}

function isRequired(vendor: VendorUnderTest, option: string): void {
  const others = Object.fromEntries(Object.entries(vendor.options).filter(([name]) => name !== option))
  const wrong = [undefined, '', null, 7, {}].map((value) => ({ ...others, [option]: value }))
  for (const options of [others, ...wrong]) refuses(vendor, options, option)
}

function refuses(vendor: VendorUnderTest, options: unknown, option: string): void {
  const error = thrownBy(() => create(vendor, options), ['invalid_option'], `without "${option}"`)
  assertNames(error, option)
  const start = `[${vendor.vendor}] "${option}" `
  assertText(error.message.slice(0, start.length), start, 'the beginning of the message')
}

function assertNames(error: CredentialError, option: string): void {
  assertText('option' in error ? String(error.option) : undefined, option, 'the option that the error names')
}

function noOptions(vendor: VendorUnderTest): void {
  for (const options of [undefined, null, {}]) {
    thrownBy(() => create(vendor, options), ['invalid_option'], `with ${JSON.stringify(options)} for options`)
  }
}

function prototypeOptions(vendor: VendorUnderTest): void {
  thrownBy(
    () => create(vendor, Object.create(vendor.options)),
    ['invalid_option'],
    'with options only on the prototype',
  )
}

/** Also without a value: `{ clientID: undefined }` is a mistake as well. */
function unknownOption(vendor: VendorUnderTest): void {
  for (const value of [undefined, 'x']) refuses(vendor, { ...vendor.options, notAnOption: value }, 'notAnOption')
}

function account(vendor: VendorUnderTest): void {
  assertText(create(vendor, vendor.options).account, 'default', 'the account')
  assertText(create(vendor, { ...vendor.options, account: 'robin' }).account, 'robin', 'the account')
}

function noAccount(vendor: VendorUnderTest): void {
  for (const account of [undefined, null, '', 7]) {
    const options = { ...vendor.options, account }
    assertNames(
      thrownBy(() => create(vendor, options), ['invalid_option'], `with "account": ${JSON.stringify(account)}`),
      'account',
    )
  }
}

async function secretFunction(world: World, option: string): Promise<void> {
  const secret = world.vendor.options[option] ?? ''
  const expected = await sentBy(world, world.connect({ account: 'text' }))
  const kinds = { sync: () => secret, async: async () => secret }
  for (const [account, read] of Object.entries(kinds)) {
    let calls = 0
    const count = () => {
      calls += 1
      return read()
    }
    const credential = world.connect({ account, [option]: count })
    assert(calls === 0, `"${option}": the function must not be called before the secret is needed`)
    const isSame = (await sentBy(world, credential)) === expected
    assert(isSame && calls > 0, `"${option}": an ${account} function must count as much as the text that it gives`)
  }
}

/** What the first use of a credential sends that depends on its secrets. */
async function sentBy({ vendor, tokenRequests }: World, credential: ReturnType<World['connect']>): Promise<string> {
  const authorization = await credential.authorization()
  // What a sign-in sends is another text each time; a refresh with the same token is not.
  if (vendor.signIn) await credential.renew(authorization)
  const tokenRequest = tokenRequests.at(-1)
  return tokenRequest ? textOf(tokenRequest) : textsOf(authorization).join(' ')
}

/** Invented, and in no error. */
const URL_PASSWORD = 'canary-url-password'

function absoluteUrl(vendor: VendorUnderTest, option: string): void {
  const wrong = [
    'api.example.com',
    '/v1',
    'ftp://api.example.com',
    'https://',
    `https://user:${URL_PASSWORD}@api.example.com`,
  ]
  for (const url of wrong) {
    const error = thrownBy(
      () => create(vendor, { ...vendor.options, [option]: url }),
      ['invalid_option'],
      `with "${option}": ${url}`,
    )
    assertNames(error, option)
    assert(
      !`${error.message} ${error.stack}`.includes(URL_PASSWORD),
      `"${option}": the error must not hold the password of the URL`,
    )
  }
}

const LOOPBACK = ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080']
const PUBLIC = ['http://api.example.com', 'http://127.0.0.1.example.com', 'http://10.0.0.1']

function secureUrl(vendor: VendorUnderTest, option: string): void {
  const connect = (url: string, allowInsecureRequests?: boolean) =>
    create(vendor, { ...vendor.options, [option]: url, allowInsecureRequests })
  for (const url of [...PUBLIC, ...LOOPBACK]) thrownBy(() => connect(url), ['insecure_url'], `with "${option}": ${url}`)
  for (const url of PUBLIC) {
    thrownBy(() => connect(url, true), ['insecure_url'], `with "${option}": ${url} and "allowInsecureRequests"`)
  }
  for (const url of LOOPBACK) connect(url, true)
}

function listedHost(vendor: VendorUnderTest, option: string): void {
  const connect = (url: string, allowInsecureRequests: unknown) =>
    create(vendor, { ...vendor.options, [option]: url, allowInsecureRequests })
  connect('http://vendor-double:8080', ['other-double', 'vendor-double:8080'])
  for (const url of ['http://vendor-double', 'http://vendor-double:8081', 'http://www.vendor-double:8080', ...LOOPBACK])
    thrownBy(() => connect(url, ['vendor-double:8080']), ['insecure_url'], `with "${option}": ${url}`)
  for (const hosts of [[], '*', ['*'], ['http://vendor-double:8080'], 'vendor-double:8080', 1])
    assertNames(
      thrownBy(() => connect('https://api.example.com', hosts), ['invalid_option'], `with ${JSON.stringify(hosts)}`),
      'allowInsecureRequests',
    )
}
