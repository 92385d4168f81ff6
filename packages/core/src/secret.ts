/** A secret, or where to read it each time it is needed (a vault, an environment that rotates). */
export type Secret = string | (() => string | Promise<string>)

export async function readSecret(secret: Secret): Promise<string> {
  return typeof secret === 'function' ? await secret() : secret
}
