import type { Simulator } from '../simulator.ts'

/** A vendor with users, and the page on which they consent. */
export interface SignInSimulator<Options extends object = object, Known extends object = Options>
  extends Simulator<Options, Known> {
  /** Full URL of the consent page. */
  readonly authorizationUrl: string
  /**
   * The result of "Allow" on the page at `url`, without a browser: the callback URL, with a code or, if the vendor refuses the
   * request or the account, with an error.
   *
   * @param options.account who allows it, by name @default the first one
   * @throws RangeError for a request that gets an error page, and for an unknown account
   */
  approve(url: URL | string, options?: { readonly account?: string | undefined }): URL
  /**
   * The result of "Deny": the callback URL with `error=access_denied`.
   *
   * @throws RangeError for a request that gets an error page
   */
  deny(url: URL | string): URL
}

/** A user who can sign in. */
export interface ConsentAccount {
  /** The name on the page; unique. */
  readonly name: string
}
