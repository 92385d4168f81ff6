import type { Simulator } from '../simulator.ts'

/** A vendor whose data belongs to people, and the page on which they consent. */
export interface SignInSimulator<Options extends object = object, Known extends object = Options>
  extends Simulator<Options, Known> {
  /** Full URL of the consent page. */
  readonly authorizationUrl: string
  /**
   * What "Allow" on the page at `url` gives, without a browser: the callback URL, with a code or, where the vendor refuses
   * the request or the account, with an error.
   *
   * @param options.account who allows it, by name @default the first one
   * @throws RangeError for a request that gets an error page, and for an account that there is not
   */
  approve(url: URL | string, options?: { readonly account?: string | undefined }): URL
  /**
   * What "Deny" gives: the callback URL with `error=access_denied`.
   *
   * @throws RangeError for a request that gets an error page
   */
  deny(url: URL | string): URL
}

/** A user who can sign in. */
export interface ConsentAccount {
  /** What the page shows; no two accounts have the same. */
  readonly name: string
}
