import { duration } from '../duration.ts'
import type { CommandIo } from '../io.ts'
import type { Output } from '../output.ts'
import type { DeviceCredential } from '../vendors/credential-kind.ts'

/**
 * Tells the person the code to type in elsewhere and waits until they did; the credential then has its tokens.
 * @throws what the credential's sign-in throws; what aborted `io.signal`
 */
export async function signInByDevice(credential: DeviceCredential, io: CommandIo, output: Output): Promise<void> {
  const { userCode, verificationUri, verificationUriComplete, expiresAt, done } = await credential.beginSignIn({
    signal: io.signal,
  })
  output.note(`On any device, open ${verificationUri}`, `and type in the code:  ${userCode}`, '')
  if (verificationUriComplete !== undefined) output.note(`Or open ${verificationUriComplete}`)
  output.note(`The code is valid for ${duration(expiresAt - Date.now())}. Waiting …`)
  await done
}
