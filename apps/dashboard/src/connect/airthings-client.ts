import type { AirthingsOptions } from '@valetkey/airthings'
import * as airthings from '@valetkey/airthings'
import type { TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/ky'
import ky from 'ky'
import type { Connection } from './connection.ts'

/** The program's own client; when a token is over, the next is asked for. */
export function connectAirthingsClient(options: AirthingsOptions): Connection<TokenCredential> {
  const credential = airthings.clientCredentials(options)
  const api = withCredential(ky.create({ retry: 0, throwHttpErrors: false, timeout: 60_000 }), credential)
  return { credential, send: (url, init) => api(url, init) }
}
