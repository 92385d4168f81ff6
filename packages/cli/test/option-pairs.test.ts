import { expect, test } from 'vitest'
import { parseVendorDescription } from '../src/vendors/description.ts'
import { optionsOfConfig, optionsOfEnvironment } from '../src/vendors/settings.ts'

const ACME = parseVendorDescription('valetkey-acme', {
  grants: { clientCredentials: ['clientId', 'tokenParameters?'] },
  options: { tokenParameters: { type: 'pairs' } },
})

function configOf(tokenParameters: unknown) {
  const config = { file: '/srv/app/valetkey.json', vendors: { acme: { options: { tokenParameters } } } }
  return optionsOfConfig('acme', ACME, config)
}

test('an option of names and values is read from a variable as a query, and from the configuration as an object', () => {
  const tokenParameters = { audience: 'https://api.example.com/?a=b', expiring: '1' }
  const text = String(new URLSearchParams(tokenParameters))
  expect(optionsOfEnvironment('acme', ACME, { VALETKEY_ACME_TOKEN_PARAMETERS: text })).toEqual({ tokenParameters })
  expect(configOf(tokenParameters)).toEqual({ tokenParameters })
})

test.each([['audience=a'], [{ expiring: 1 }], [['a']], [null]])('in the configuration it cannot be %j', (value) => {
  expect(() => configOf(value)).toThrow(
    '/srv/app/valetkey.json: "vendors.acme.tokenParameters" must be an object of texts',
  )
})
