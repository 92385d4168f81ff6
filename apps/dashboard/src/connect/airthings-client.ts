import * as airthings from '@valetkey/airthings'
import { withCredential } from '@valetkey/ky'
import ky from 'ky'

/** The program's own client: each token costs one token call. */
export function connectAirthingsClient(options: airthings.AirthingsOptions) {
  const credential = airthings.clientCredentials(options)
  const api = withCredential(ky.create({ retry: 0, throwHttpErrors: false, timeout: 60_000 }), credential)
  return { credential, api }
}
