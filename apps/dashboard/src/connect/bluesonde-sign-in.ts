import { attachCredential } from '@valetkey/axios'
import type { BluesondeSignInOptions, SignInCredential } from '@valetkey/bluesonde'
import * as bluesonde from '@valetkey/bluesonde'
import axios from 'axios'
import { axiosSend, type Connection } from './connection.ts'

/** A program without a secret (PKCE). Using a refresh token twice would end the grant, so it is used once. */
export function connectBluesondeUser(options: BluesondeSignInOptions): Connection<SignInCredential> {
  const credential = bluesonde.authorizationCode(options)
  const http = axios.create({ adapter: 'fetch' })
  attachCredential(http, credential)
  return { credential, send: axiosSend(http) }
}
