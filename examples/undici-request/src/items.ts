import type { M2mOptions } from '@valetkey/m2m'
import * as m2m from '@valetkey/m2m'
import { request } from 'undici'
import { type UndiciRequest, withCredential } from './with-credential.ts'

export function createItemsRequest(options: M2mOptions): UndiciRequest {
  return withCredential(request, m2m.clientCredentials(options))
}
