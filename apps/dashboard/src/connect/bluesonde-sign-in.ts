import { attachCredential } from '@valetkey/axios'
import * as bluesonde from '@valetkey/bluesonde'
import axios from 'axios'

/** A program without a secret (PKCE). Bluesonde ends a grant whose refresh token is used twice, so it is used once. */
export function connectBluesondeUser(options: bluesonde.BluesondeSignInOptions) {
  const credential = bluesonde.authorizationCode(options)
  const api = axios.create({ adapter: 'fetch' })
  attachCredential(api, credential)
  return { credential, api }
}
