import { authorizationCode } from './authorization-code.ts'
import { clientCredentials } from './client-credentials.ts'
import { deviceCode } from './device-code.ts'
import { password } from './password.ts'

/** The grants by name. Each is exported by itself too, for bundlers to drop the rest. */
export const oauth2: {
  readonly clientCredentials: typeof clientCredentials
  readonly password: typeof password
  readonly authorizationCode: typeof authorizationCode
  readonly deviceCode: typeof deviceCode
} = { clientCredentials, password, authorizationCode, deviceCode }
