/** In your project `wrangler types` writes these, from the names of your variables and secrets. */
declare module 'cloudflare:workers' {
  export const env: {
    readonly M2M_BASE_URL: string
    readonly M2M_CLIENT_ID: string
    readonly M2M_CLIENT_SECRET: string
    /** For `wrangler dev` and tests: http is permitted for loopback hosts. */
    readonly IS_LOCAL?: boolean
  }
  export function waitUntil(work: Promise<unknown>): void
}
