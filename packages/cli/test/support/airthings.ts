import { type AirthingsSimulator, type AirthingsSimulatorOptions, simulators } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'

export const CLIENT = { clientId: '00000000-0000-4000-8000-000000000000', clientSecret: 'airthings-client-secret' }

export async function startAirthings(options: Partial<AirthingsSimulatorOptions> = {}): Promise<AirthingsSimulator> {
  const redirectUris = ['http://127.0.0.1/callback']
  const simulator = await simulators.airthings({ ...CLIENT, redirectUris, anyLoopbackPort: true, ...options })
  onTestFinished(() => simulator.close())
  return simulator
}

/** The variables that lead to the simulator. */
export function airthingsEnvironment({
  baseUrl,
  tokenUrl,
  authorizationUrl,
}: AirthingsSimulator): Record<string, string> {
  return {
    VALETKEY_AIRTHINGS_CLIENT_ID: CLIENT.clientId,
    VALETKEY_AIRTHINGS_CLIENT_SECRET: CLIENT.clientSecret,
    VALETKEY_AIRTHINGS_BASE_URL: baseUrl,
    VALETKEY_AIRTHINGS_TOKEN_URL: tokenUrl,
    VALETKEY_AIRTHINGS_AUTHORIZATION_URL: authorizationUrl,
    VALETKEY_AIRTHINGS_ALLOW_INSECURE_REQUESTS: 'true',
  }
}
