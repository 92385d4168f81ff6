import * as airthings from '@valetkey/airthings'
import { withCredential } from '@valetkey/ky'
import ky from 'ky'

/** A person allows it: `beginSignIn` leads to the vendor, `completeSignIn` takes the answer. */
export function connectAirthingsUser(options: airthings.AirthingsSignInOptions) {
  const credential = airthings.authorizationCode(options)
  const api = withCredential(ky.create({ retry: 0, throwHttpErrors: false, timeout: 60_000 }), credential)
  return { credential, api }
}
