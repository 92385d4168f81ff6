import * as airthings from '@valetkey/airthings'
import * as bluesonde from '@valetkey/bluesonde'
import { authorizationCode } from '@valetkey/oauth2'
import { type SignInSimulator, simulators } from '@valetkey/testing/simulators'
import type { Page } from 'playwright'
import { startOidcProvider } from './oidc-provider.ts'
import type { Connection } from './program.ts'

/** A vendor with a program that is registered there, and what a person does on its pages. */
export interface Vendor extends Connection {
  /** Codes that the vendor was asked to exchange. */
  exchanges(): number
  allow(page: Page, account?: string): Promise<void>
  deny(page: Page): Promise<void>
  close(): Promise<void>
}

const CLIENT = { clientId: 'harbour-board', clientSecret: 'synthetic-secret' }

export interface SimulatedVendor extends Vendor {
  readonly simulator: SignInSimulator
}

export const vendors = { Airthings: startAirthings, Bluesonde: startBluesonde, 'oidc-provider': startStandardVendor }

async function startAirthings(redirectUri: string): Promise<SimulatedVendor> {
  const simulator = await simulators.airthings({ ...CLIENT, redirectUris: [redirectUri] })
  return {
    credential: airthings.authorizationCode({ ...simulator.options, redirectUri }),
    dataUrl: `${simulator.baseUrl}/v1/accounts`,
    ...consentPageOf(simulator),
  }
}

async function startBluesonde(redirectUri: string): Promise<SimulatedVendor> {
  const simulator = await simulators.bluesonde({ ...CLIENT, redirectUris: [redirectUri] })
  return {
    credential: bluesonde.authorizationCode({ ...simulator.options, redirectUri }),
    dataUrl: `${simulator.baseUrl}/v1/devices`,
    ...consentPageOf(simulator),
  }
}

function consentPageOf(simulator: SignInSimulator): Omit<SimulatedVendor, keyof Connection> {
  return {
    simulator,
    exchanges: () => simulator.tokenCalls('authorization_code'),
    async allow(page, account = 'robin@example.com') {
      await page.getByRole('radio', { name: account }).check()
      await page.getByRole('button', { name: 'Allow' }).click()
    },
    deny: (page) => page.getByRole('button', { name: 'Deny' }).click(),
    close: simulator.close,
  }
}

/** Found by its issuer alone. */
async function startStandardVendor(redirectUri: string): Promise<Vendor> {
  const { issuer, userInfoUrl, exchanges, close } = await startOidcProvider({ ...CLIENT, redirectUri })
  return {
    credential: authorizationCode({
      ...CLIENT,
      vendor: 'acme',
      issuer,
      origins: [issuer],
      redirectUri,
      scopes: ['openid', 'offline_access'],
      allowInsecureRequests: true,
    }),
    dataUrl: userInfoUrl,
    extra: { prompt: 'consent' },
    exchanges,
    async allow(page, account = 'robin@example.com') {
      await page.getByPlaceholder('Enter any login').fill(account)
      await page.getByPlaceholder('and password').fill('any')
      await page.getByRole('button', { name: 'Sign-in' }).click()
      await page.getByRole('button', { name: 'Continue' }).click()
    },
    deny: (page) => page.getByRole('link', { name: 'Cancel' }).click(),
    close,
  }
}
