import type { AirthingsSignInOptions, SignInCredential } from '@valetkey/airthings'
import * as airthings from '@valetkey/airthings'
import { withCredential } from '@valetkey/ky'
import ky from 'ky'
import type { Connection } from './connection.ts'

/** A person allows it: `beginSignIn` leads to the vendor, `completeSignIn` takes what comes back. */
export function connectAirthingsUser(options: AirthingsSignInOptions): Connection<SignInCredential> {
  const credential = airthings.authorizationCode(options)
  const api = withCredential(ky.create({ retry: 0, throwHttpErrors: false, timeout: 60_000 }), credential)
  return { credential, send: (url, init) => api(url, init) }
}
