/** In your project `wrangler types` writes this, from the names of your variables and secrets. */
declare module 'cloudflare:workers' {
  export const env: import('./items-fetch.ts').Environment
  export function waitUntil(work: Promise<unknown>): void
}
