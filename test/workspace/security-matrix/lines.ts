/** A protection, the tests that show it, and a change of the source that takes it away: then these tests fail. */
export interface Line {
  /** A threat of SECURITY.md, as its table writes it. */
  readonly threat: string
  readonly rule: string
  /** Names of tests as their file writes them, by file. */
  readonly tests: Readonly<Record<string, readonly string[]>>
  readonly mutation: Mutation
}

export interface Mutation {
  readonly file: string
  /** Occurs once in the file. */
  readonly from: string
  readonly to: string
}

const core = (name: string) => `packages/core/${name}`
const oauth2 = (name: string) => `packages/oauth2/${name}`
const signIn = (name: string) => `packages/sign-in/${name}`
const cli = (name: string) => `packages/cli/${name}`
const damagedRecords = 'test/lifecycle/damaged-records.test.ts'
const safeguards = 'test/lifecycle/safeguards.test.ts'
const boundedWaits = 'test/lifecycle/bounded-waits.long.test.ts'
const lifecycle = 'test/lifecycle/token-credential.test.ts'

/** In the order of SECURITY.md. `pnpm run security-matrix:verify` makes each change and runs the tests. */
export const LINES: readonly Line[] = [
  {
    threat: 'a token sent to another origin',
    rule: 'a credential covers only the origins of its list',
    tests: {
      [core('test/origins.test.ts')]: ['S1: %s is not covered'],
      [core('test/api-key-credential.test.ts')]: ['the key is sent to its origins only'],
    },
    mutation: {
      file: core('src/origins.ts'),
      from: 'return (origin) => origins.includes(origin)',
      to: 'return () => true',
    },
  },
  {
    threat: 'a token sent to another origin',
    rule: 'a pattern of origins covers exactly one label before its ending',
    tests: { [core('test/origins.test.ts')]: ['S1: it does not cover %s'] },
    mutation: {
      file: core('src/origins.ts'),
      from: "return LABEL.test(origin.slice('https://'.length, -ending.length))",
      to: 'return true',
    },
  },
  {
    threat: 'a token sent to another origin',
    rule: 'a pattern of origins has its wildcard first, over https, and at least two labels after it',
    tests: { [core('test/origins.test.ts')]: ['S1: %s is refused'] },
    mutation: {
      file: core('src/origins.ts'),
      from: 'labels.length >= 2 && ',
      to: '',
    },
  },
  {
    threat: 'a token sent to another origin',
    rule: 'a request to an uncovered origin is sent without the credential',
    tests: { 'packages/clients/fetch/test/security.test.ts': ['gets no credential: %s'] },
    mutation: {
      file: core('src/http/choose.ts'),
      from: 'list.find((credential) => credential.covers(origin))',
      to: 'list[0]',
    },
  },
  {
    threat: 'a token sent to another origin',
    rule: 'the origin of a URL is the one that the parser finds',
    tests: {
      [core('test/http/choose-credential.test.ts')]: [
        'S1: whatever was asked before, a URL is judged by the origin that the parser finds in it',
      ],
    },
    mutation: {
      file: core('src/http/choose.ts'),
      from: 'const isLast = lastOrigin !== undefined && isWritten(lastOrigin, url)',
      to: 'const isLast = lastOrigin !== undefined && url.startsWith(lastOrigin)',
    },
  },
  {
    threat: 'a token sent to another origin',
    rule: 'a URL with user info is not covered',
    tests: { [core('test/origins.test.ts')]: ['S1: %s is not covered'] },
    mutation: {
      file: core('src/origins.ts'),
      from: "/^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined",
      to: '/^https?:$/.test(url.protocol) ? url : undefined',
    },
  },
  {
    threat: 'a URL that answers differently twice',
    rule: 'a `Request` whose class overrides `url` is copied first',
    tests: {
      'packages/clients/fetch/test/two-answers.test.ts': ['S1: %s gets no credential to another origin: %s'],
    },
    mutation: {
      file: 'packages/clients/fetch/src/with-credential.ts',
      from: 'if (!isUnequivocal(request)) return this.sendElsewhere(NOTHING, init)',
      to: '',
    },
  },
  {
    threat: 'a redirect that carries a credential',
    rule: 'a hop to another origin carries neither header nor parameter of the credential',
    tests: {
      'packages/clients/fetch/test/security.test.ts': ['a %i to another %s takes no credential along: %s'],
    },
    mutation: {
      file: core('src/http/send.ts'),
      from: "const isCovered = hop === undefined || credential.covers(originOf(hop.url) ?? '')",
      to: 'const isCovered = true',
    },
  },
  {
    threat: 'a redirect that carries a credential',
    rule: 'also with axios, in every header and parameter',
    tests: {
      'packages/clients/axios/test/redirects.test.ts': [
        'C10: elsewhere takes no credential along, and back home it does: %s',
      ],
    },
    mutation: {
      file: 'packages/clients/axios/src/exchange.ts',
      from: "if (!credential.covers(originOf(href) ?? '')) return",
      to: '',
    },
  },
  {
    threat: 'a redirect of the token endpoint',
    rule: 'refused, and nothing is forwarded',
    tests: { [oauth2('test/connection.test.ts')]: ['%d is refused, and nothing is sent on'] },
    mutation: {
      file: oauth2('src/wire/request.ts'),
      from: "redirect: 'manual'",
      to: "redirect: 'follow'",
    },
  },
  {
    threat: 'plain http',
    rule: 'http is for loopback hosts that are permitted, and for hosts that are listed',
    tests: {
      [core('test/origins.test.ts')]: ['S4: %s is refused even when loopback is permitted'],
    },
    mutation: {
      file: core('src/origins.ts'),
      from: 'permitted === true && isLoopback(hostname)',
      to: 'permitted === true',
    },
  },
  {
    threat: 'plain http',
    rule: 'also for every URL option of the OAuth grants',
    tests: { [oauth2('test/options.test.ts')]: ['%s needs permission'] },
    mutation: {
      file: oauth2('src/options.ts'),
      from: 'isSecureEnough(url, allowInsecureRequests)',
      to: "url.protocol === 'https:' || url.hostname !== ''",
    },
  },
  {
    threat: 'a token with CR, LF or other bytes',
    rule: 'a value with a byte that a header cannot carry is not placed',
    tests: { [core('test/authorization.test.ts')]: ['S5: %s is refused without showing the value'] },
    mutation: {
      file: core('src/authorization.ts'),
      from: 'if (!allowed.test(value))',
      to: 'if (!allowed.test(value.trim()))',
    },
  },
  {
    threat: 'a token with CR, LF or other bytes',
    rule: 'an answer with such a token is rejected',
    tests: {
      [oauth2('test/read-token-set.test.ts')]: ['that no header can carry is refused without being quoted (%#)'],
    },
    mutation: {
      file: oauth2('src/wire/answer.ts'),
      from: "readToken(body, 'access_token', /^[\\x21-\\x7e]+$/)",
      to: "readToken(body, 'access_token', /[\\x21-\\x7e]/)",
    },
  },
  {
    threat: 'secrets in errors, logs, clones',
    rule: 'an authorization does not show in any print or clone',
    tests: { [core('test/authorization.test.ts')]: ['does not show through %s'] },
    mutation: {
      file: core('src/secrets.ts'),
      from: 'constructor: { configurable: true, value: Object },',
      to: '',
    },
  },
  {
    threat: 'secrets in errors, logs, clones',
    rule: 'what a custom grant throws is not shown',
    tests: { [core('test/grant-call.test.ts')]: ['is not repeated when it is %s'] },
    mutation: {
      file: core('src/tokens/grant.ts'),
      from: 'error instanceof GrantFailureSignal ? error.message : undefined',
      to: 'String(error)',
    },
  },
  {
    threat: 'secrets in errors, logs, clones',
    rule: 'an error that a vendor’s `place` or `refuses` throws becomes `invalid_option`',
    tests: {
      'test/lifecycle/vendor-functions.test.ts': [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the test is called so
        'a "refuses" for ${kind} that %s is a typed error, without the secret',
      ],
    },
    mutation: { file: core('src/http/refusal.ts'), from: 'refused.then(Boolean).catch(fail)', to: 'refused' },
  },
  {
    threat: 'secrets in errors, logs, clones',
    rule: 'the token is removed from the errors of clients',
    tests: {
      [core('test/redact-error.test.ts')]: [
        'an error and its causes lose the values of an authorization, and the tokens in them',
      ],
      'packages/clients/fetch/test/query.test.ts': ['is not in an error of %s'],
    },
    mutation: {
      file: core('src/secrets.ts'),
      from: "text.replaceAll(encoded, '***').replaceAll(secret, '***')",
      to: "text.replaceAll(secret, '***')",
    },
  },
  {
    threat: 'secrets in errors, logs, clones',
    rule: 'also an error that comes while axios streams a body',
    tests: { 'packages/clients/axios/test/late-errors.test.ts': ['C15: is not shown by %s, whenever it fails'] },
    mutation: {
      file: 'packages/clients/axios/src/redact.ts',
      from: 'if (sent) redactStream(shown, original)',
      to: '',
    },
  },
  {
    threat: 'secrets in errors, logs, clones',
    rule: 'the secrets of the request are removed from the vendor’s message in every encoding',
    tests: { [oauth2('test/redact-secrets.test.ts')]: ['a secret is masked %s'] },
    mutation: {
      file: oauth2('src/wire/refusal.ts'),
      from: '.flatMap((secret) => [secret, base64(secret)])',
      to: '.flatMap((secret) => [secret])',
    },
  },
  {
    threat: 'secrets in errors, logs, clones',
    rule: 'the details of the vendor’s answer contain no token',
    tests: { [core('test/details.test.ts')]: ['holds no token, wherever the vendor repeats it or gives another'] },
    mutation: {
      file: core('src/tokens/details.ts'),
      from: 'secrets.some((secret) => holds(text, secret))',
      to: 'false',
    },
  },
  {
    threat: 'an answer that is huge, slow or a bomb',
    rule: 'reading stops at 1 MiB of decoded bytes',
    tests: {
      [oauth2('test/connection.test.ts')]: [
        'is refused beyond 1 MiB',
        'is measured after decompression, and left unread',
      ],
    },
    mutation: {
      file: oauth2('src/wire/answer.ts'),
      from: 'const MAX_ANSWER_BYTES = 1024 * 1024',
      to: 'const MAX_ANSWER_BYTES = 64 * 1024 * 1024',
    },
  },
  {
    threat: 'an answer that is huge, slow or a bomb',
    rule: 'a token request without an answer ends after a minute',
    tests: { [lifecycle]: ['an answer that does not come counts as none after a minute'] },
    mutation: {
      file: core('src/tokens/grant.ts'),
      from: 'REQUEST_LIMIT_MS = 60_000',
      to: 'REQUEST_LIMIT_MS = 600_000',
    },
  },
  {
    threat: 'an answer that is not what it seems',
    rule: 'an error with status 200 yields no tokens',
    tests: {
      [oauth2('test/failures.test.ts')]: [
        'is understood under any content type, with a challenge header and with status 200',
      ],
    },
    mutation: {
      file: oauth2('src/wire/refusal.ts'),
      from: 'return isGranted(status) && oauthErrorCode(body.error) === undefined',
      to: 'return isGranted(status)',
    },
  },
  {
    threat: 'an answer that is not what it seems',
    rule: 'a device code’s message for the user is visible ASCII',
    tests: { [oauth2('test/device-code.test.ts')]: ['because the answer holds %s is the vendor’s trouble'] },
    mutation: {
      file: oauth2('src/grants/device-code.ts'),
      from: "typeof value === 'string' && /^[\\x20-\\x7e]{1,1024}$/.test(value)",
      to: "typeof value === 'string' && /^[^]{1,1024}$/.test(value)",
    },
  },
  {
    threat: 'an answer that is not what it seems',
    rule: 'a lifetime of more than a year counts as a year',
    tests: { [safeguards]: ['no token lives longer than a year, whatever %s says'] },
    mutation: {
      file: core('src/tokens/grant.ts'),
      from: 'return Math.min(value * 1000, MAX_LIFETIME_MS)',
      to: 'return value * 1000',
    },
  },
  {
    threat: 'a polluted prototype',
    rule: 'every exported function reads only own members of its options',
    tests: {
      'test/workspace/own-members.test.ts': ['is no origin, and no permission for plain http'],
      [core('test/stored-record.test.ts')]: ['tokens are obtained, stored and read as ever: %s'],
    },
    mutation: {
      file: core('src/members.ts'),
      from: 'Object.assign(new Bare(), source)',
      to: 'Object.assign({}, source)',
    },
  },
  {
    threat: 'a polluted prototype',
    rule: 'members of a stored record, and of its parts, are own members',
    tests: {
      [core('test/stored-record.test.ts')]: ['no member of a record, or of its parts, is read by prototype'],
    },
    mutation: {
      file: core('src/tokens/record.ts'),
      from: '(_name, value: unknown) => (isObject(value) ? ownMembers(value) : value)',
      to: '(_name, value: unknown) => value',
    },
  },
  {
    threat: 'a polluted prototype',
    rule: 'the members of a token answer are own members',
    tests: { [oauth2('test/read-token-set.test.ts')]: ['gets no token from a polluted prototype'] },
    mutation: {
      file: oauth2('src/wire/answer.ts'),
      from: "return ownMembers(typeof value === 'object' && value !== null ? { ...value } : {})",
      to: "return typeof value === 'object' && value !== null ? { ...value } : {}",
    },
  },
  {
    threat: 'a polluted prototype',
    rule: 'encryption keys are own members',
    tests: { 'packages/stores/encrypted/test/encrypted-store.test.ts': ['keys that stand on a prototype are no keys'] },
    mutation: {
      file: 'packages/stores/encrypted/src/keyring.ts',
      from: '= knownOptions(PACKAGE, options ?? {}, { keys: true })',
      to: '= options ?? {}',
    },
  },
  {
    threat: 'backtracking on remote text',
    rule: 'a challenge is read once, from left to right',
    tests: {
      [core('test/http/refusal.test.ts')]: ['S18: reading 100 KB of %s takes steps in proportion to its length'],
    },
    mutation: {
      file: core('src/http/refusal.ts'),
      from: 'position = valueEnd',
      to: 'position += 1',
    },
  },
  {
    threat: 'backtracking on remote text',
    rule: 'a vendor’s message is searched for secrets up to 16 KiB',
    tests: { [oauth2('test/describe.test.ts')]: ['S18: are searched in time, whatever they and the secrets hold'] },
    mutation: {
      file: oauth2('src/wire/refusal.ts'),
      from: 'const searched = words.length > MAX_SEARCHED ?',
      to: 'const searched = words.length > 1e9 ?',
    },
  },
  {
    threat: "the wrong account's token",
    rule: 'the account is part of the store key',
    tests: { [lifecycle]: ['two accounts share nothing'] },
    mutation: {
      file: core('src/tokens/account.ts'),
      from: 'JSON.stringify([...settings.keyStart, account])',
      to: 'JSON.stringify(settings.keyStart)',
    },
  },
  {
    threat: "the wrong account's token",
    rule: 'so are endpoint, client, grant, user and scopes',
    tests: {
      [oauth2('test/options.test.ts')]: ['is endpoint, client, grant, user and sorted scopes, and holds no secret'],
    },
    mutation: {
      file: oauth2('src/endpoint.ts'),
      from: '...subject, ...new Set([...endpoint.scopes].sort())]',
      to: '...subject]',
    },
  },
  {
    threat: "a token of another customer's secret",
    rule: 'a wrong secret is not given the token that the right one obtained',
    tests: {
      [oauth2('test/secret-binding.test.ts')]: ['is not given to who has a wrong secret, in %s process'],
    },
    mutation: {
      file: core('src/tokens/settings.ts'),
      from: "return keyedBy === 'secrets' && store !== undefined && hasMethods(grant, ['acquire', 'secrets'])",
      to: 'return false',
    },
  },
  {
    threat: 'secrets guessed from a store',
    rule: 'each guess costs 100,000 rounds of PBKDF2',
    tests: {
      [oauth2('test/secret-binding.test.ts')]: [
        'each guess costs 100,000 rounds of PBKDF2 with the salt of this store',
      ],
    },
    mutation: {
      file: core('src/tokens/secret-key.ts'),
      from: 'const ITERATIONS = 100_000',
      to: 'const ITERATIONS = 1_000',
    },
  },
  {
    threat: 'secrets guessed from a store',
    rule: 'the salt is random, for each store',
    tests: { [oauth2('test/secret-binding.test.ts')]: ['the same secrets have another key in another store'] },
    mutation: {
      file: core('src/tokens/secret-key.ts'),
      from: 'hex(crypto.getRandomValues(new Uint8Array(SALT_BYTES)))',
      to: 'hex(new Uint8Array(SALT_BYTES))',
    },
  },
  {
    threat: 'an account that is missing',
    rule: '`for()` and `account` without a value are `invalid_option`',
    tests: { [core('test/misuse.test.ts')]: ['an account that is %j is an error, never the account "default"'] },
    mutation: {
      file: core('src/options.ts'),
      from: "Object.hasOwn(options, 'account') ? options.account : 'default'",
      to: "options.account || 'default'",
    },
  },
  {
    threat: "another's sign-in",
    rule: 'a pending sign-in is completed only by the credential that began it',
    tests: {
      [oauth2('test/complete-sign-in.test.ts')]: [
        'whose sign-in was begun by another credential, completed by %s, spends no code',
      ],
    },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: 'signIn.credential === credential && signIn.redirectUri === redirectUri',
      to: 'signIn.redirectUri === redirectUri',
    },
  },
  {
    threat: "another's sign-in",
    rule: 'the routes complete it only for the user who has logged in now',
    tests: {
      [signIn('test/callback.test.ts')]: [
        'is refused with the cookies of another person',
        'stores nothing for a user who takes the place of the one who began, who may still come back',
      ],
      'test/workspace/examples/sign-in-routes.test.ts': [
        'stores nothing for a user who takes the place of the one who began',
      ],
    },
    mutation: {
      file: signIn('src/handler.ts'),
      from: 'await credential.for(account).completeSignIn(',
      to: "await credential.for(JSON.parse(sealed.signIn.credential).at(-1) ?? '').completeSignIn(",
    },
  },
  {
    threat: "another's sign-in",
    rule: 'its cookie shows neither `state` nor verifier, and does not open when it is changed',
    tests: {
      [signIn('test/callback.test.ts')]: [
        'shows neither state nor verifier nor account, and does not open when it is changed',
      ],
    },
    mutation: {
      file: signIn('src/cookies.ts'),
      from: 'return NAME + text.slice(0, DIGEST_CHARACTERS)',
      to: 'return NAME + (text && state).slice(0, DIGEST_CHARACTERS)',
    },
  },
  {
    threat: "another's sign-in",
    rule: 'over https its cookie is `__Host-` and `Secure`, behind a proxy too',
    tests: {
      [signIn('test/routes.test.ts')]: ['the cookie for %s, begun at %s (origin %s), is %s'],
    },
    mutation: {
      file: signIn('src/cookies.ts'),
      from: "if (/^http:/i.test(redirectUri)) return ''",
      to: "if (/^http:/i.test(seen)) return ''",
    },
  },
  {
    threat: 'refresh storms',
    rule: 'one token call for any number of refusals',
    tests: { [lifecycle]: ['a thousand refusals of one authorization cause one refresh, and late ones none'] },
    mutation: {
      file: core('src/tokens/create.ts'),
      from: 'this[TOKENS].renew(refused.generation, options)',
      to: 'this[TOKENS].renew(this[TOKENS].current()?.lifecycle.memory.held?.generation ?? 0, options)',
    },
  },
  {
    threat: 'refresh storms',
    rule: 'after two refused refreshes in a row, refusals cause none for a minute',
    tests: { [lifecycle]: ['an API that refuses good tokens costs two refreshes, then one a minute'] },
    mutation: {
      file: core('src/refresh/timing.ts'),
      from: 'STRIKE_LIMIT: number = 2',
      to: 'STRIKE_LIMIT: number = 20',
    },
  },
  {
    threat: 'refresh storms',
    rule: 'a failure is remembered for a second',
    tests: { [safeguards]: ['a failure is remembered for a second: requests in between read no store'] },
    mutation: { file: core('src/tokens/memory.ts'), from: 'const NEGATIVE_MS = 1_000', to: 'const NEGATIVE_MS = 0' },
  },
  {
    threat: 'refresh storms',
    rule: 'failures back off, up to five minutes between two requests',
    tests: {
      [core('test/waits.test.ts')]: ['number %d is between %j ms, by chance'],
    },
    mutation: { file: core('src/tokens/grant.ts'), from: 'WAIT_MAX_MS = 5 * 60_000', to: 'WAIT_MAX_MS = 30_000' },
  },
  {
    threat: 'refresh storms',
    rule: '`Retry-After` does not shorten the back-off',
    tests: { [core('test/waits.test.ts')]: ['is what the vendor asks for where that is longer, up to five minutes'] },
    mutation: {
      file: core('src/tokens/grant.ts'),
      from: 'return Math.max(Math.min(askedMs ?? 0, WAIT_MAX_MS), backoffMs(steps(count), chance))',
      to: 'return askedMs ?? backoffMs(steps(count), chance)',
    },
  },
  {
    threat: 'refresh storms',
    rule: 'after five minutes one process tries again, despite a longer `Retry-After`',
    tests: {
      [core('test/waits.test.ts')]: ['is what the vendor asks for where that is longer, up to five minutes'],
    },
    mutation: {
      file: core('src/tokens/grant.ts'),
      from: 'Math.max(Math.min(askedMs ?? 0, WAIT_MAX_MS), backoffMs',
      to: 'Math.max(askedMs ?? 0, backoffMs',
    },
  },
  {
    threat: 'refresh storms',
    rule: 'retries stop when no caller waits',
    tests: { [boundedWaits]: ['when the last caller has left, a token endpoint that fails is not asked again'] },
    mutation: {
      file: core('src/refresh/run.ts'),
      from: "state.phase === 'pausing' && waiting === 0 && !state.goal.soft",
      to: 'false',
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: '`state` must equal the state of the sign-in and occur once',
    tests: { [oauth2('test/complete-sign-in.test.ts')]: ['%s is refused, asks for nothing, and uses up nothing'] },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: "state.length !== 1 || !(await isSameText(state[0] ?? '', signIn.state))",
      to: 'state.length !== 1',
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'duplicate parameters are refused',
    tests: {
      [oauth2('test/complete-sign-in.test.ts')]: [
        'with two parameters "%s" is refused, asks for nothing, and uses up nothing',
      ],
    },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: 'if (second === undefined) return value',
      to: 'return value',
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'PKCE is S256',
    tests: {
      [oauth2('test/begin-sign-in.test.ts')]: [
        'asks for a code for this client, redirect URI and scopes, with PKCE S256 and a state',
      ],
    },
    mutation: {
      file: oauth2('src/sign-in/begin.ts'),
      from: "code_challenge_method: 'S256'",
      to: "code_challenge_method: 'plain'",
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'a callback works once',
    tests: { [oauth2('test/complete-sign-in.test.ts')]: ['that comes twice is refused the second time'] },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: 'if (before.value !== undefined && before.value !== FREE) return undefined',
      to: '',
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'also when two processes complete it at once',
    tests: {
      [oauth2('test/sign-in-safety.test.ts')]: [
        'when another process completes the sign-in first spends the code once, whether its refusal arrives: %j',
      ],
    },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: 'return written.ok ? written.version : undefined',
      to: "return written.ok ? written.version : 'lost'",
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'a sign-in ends after ten minutes',
    tests: { [oauth2('test/complete-sign-in.test.ts')]: ['after ten minutes is too late'] },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: 'if (now >= signIn.expiresAt)',
      to: 'if (now > Infinity)',
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'what the routes’ key sealed for another purpose is not accepted as a sign-in',
    tests: { [signIn('test/callback.test.ts')]: ['is good only as %s'] },
    mutation: { file: signIn('src/seal.ts'), from: 'protectedHeader.typ !== TYPE', to: 'false' },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'the routes complete no sign-in without a logged-in user',
    tests: {
      [signIn('test/callback.test.ts')]: ['completes nothing where nobody has logged in'],
      'test/workspace/examples/sign-in-routes.test.ts': ['begins and completes nothing where nobody has logged in'],
    },
    mutation: {
      file: signIn('src/handler.ts'),
      from: 'const account: unknown = await settings.accountOf(request, context)',
      to: "const account: unknown = (await settings.accountOf(request, context)) || 'default'",
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'a forged one does not end a running sign-in',
    tests: { [signIn('test/callback.test.ts')]: ['is taken after a forged one %s'] },
    mutation: {
      file: signIn('src/handler.ts'),
      from: 'if (!cookie || !sealed) {',
      to: "if (!cookie || !sealed) {\n    for (const name of request.headers.get('cookie')?.match(/valetkey-[^=]+/g) ?? []) cookies.push(endCookie({ name, value: '' }))",
    },
  },
  {
    threat: 'a forged or replayed callback',
    rule: 'one with another issuer does not end a running sign-in',
    tests: { [signIn('test/callback.test.ts')]: ['is taken after one that has its state and %s'] },
    mutation: { file: signIn('src/handler.ts'), from: "'issuer_mismatch',", to: '' },
  },
  {
    threat: "another server's callback (mix-up)",
    rule: '`iss` must be the issuer’s identifier',
    tests: { [oauth2('test/complete-sign-in.test.ts')]: ['must be the one that was named, letter by letter, not %j'] },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: 'own ? sent === own.identifier : await isNeighbour(endpoints, sent, context)',
      to: 'own || (await isNeighbour(endpoints, sent, context))',
    },
  },
  {
    threat: "another server's callback (mix-up)",
    rule: 'a promised `iss` must be present',
    tests: { [oauth2('test/discovery.test.ts')]: ['must come back with the issuer where that is promised (S11)'] },
    mutation: {
      file: oauth2('src/sign-in/complete.ts'),
      from: 'if (sent === undefined && own?.isPromised)',
      to: 'if (sent === null && own?.isPromised)',
    },
  },
  {
    threat: 'a discovery document',
    rule: 'it must name the issuer that was asked',
    tests: { [oauth2('test/discovery.test.ts')]: ['%s is refused, and no secret is sent (S19)'] },
    mutation: {
      file: oauth2('src/wire/discovery.ts'),
      from: 'URL.canParse(metadata.issuer) && new URL(metadata.issuer).href === issuer.href',
      to: 'URL.canParse(metadata.issuer)',
    },
  },
  {
    threat: 'a discovery document',
    rule: 'its endpoints have no user name and no password',
    tests: { [oauth2('test/discovery.test.ts')]: ['%s is refused, and no secret is sent (S19)'] },
    mutation: {
      file: oauth2('src/wire/discovery.ts'),
      from: 'if (url && !url.username && !url.password && isSecureEnough(url, options.allowInsecureRequests)) return url',
      to: 'if (url && isSecureEnough(url, options.allowInsecureRequests)) return url',
    },
  },
  {
    threat: 'a sign-in at a terminal',
    rule: 'the address that waits for the browser is a loopback address',
    tests: {
      [cli('test/browser-sign-in.long.test.ts')]: ['is of this machine alone: no other interface takes a connection'],
    },
    mutation: {
      file: cli('src/sign-in/callback-server.ts'),
      from: "host: hostname === '[::1]' ? '::1' : HOST",
      to: "host: '::'",
    },
  },
  {
    threat: 'a sign-in at a terminal',
    rule: 'it answers one path, by GET, under its own name',
    tests: {
      [cli('test/browser-sign-in.long.test.ts')]: ['answers the one path, by GET, under its own name only'],
    },
    mutation: {
      file: cli('src/sign-in/callback-server.ts'),
      from: 'headers.host?.toLowerCase() !== authority || path !== pathname',
      to: 'path !== pathname',
    },
  },
  {
    threat: 'an untrusted current folder',
    rule: 'neither its settings nor its packages are used before it is allowed',
    tests: {
      [cli('test/trust.long.test.ts')]: [
        'runs no code of its node_modules by valetkey %j, which says in one line what it ignores',
      ],
    },
    mutation: {
      file: cli('src/trust/trust.ts'),
      from: "if (!isThere(trustFolder(io)) || isOwnWord(io, isFolder ? path : dirname(path))) return 'unknown'",
      to: "if (!isThere(trustFolder(io)) || isOwnWord(io, isFolder ? path : dirname(path))) return 'trusted'",
    },
  },
  {
    threat: 'an untrusted current folder',
    rule: 'it has to be allowed again when its content has changed',
    tests: {
      [cli('test/trust.long.test.ts')]: ['is needed again for the package of a sign-in when its folder has changed'],
    },
    mutation: {
      file: cli('src/trust/trust.ts'),
      from: "return allowed === digest ? 'trusted' : 'changed'",
      to: "return 'trusted'",
    },
  },
  {
    threat: 'a string that controls a terminal',
    rule: 'control characters and invisible ones are escaped',
    tests: {
      [cli('test/printed-text.long.test.ts')]: [
        'a text is shown as it is but for what could steer a terminal',
        'as scopes is escaped by login and status, and as JSON says it with --json',
      ],
    },
    mutation: {
      file: cli('src/printable.ts'),
      from: 'const UNSAFE = /[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]/gu',
      to: 'const UNSAFE = /[\\p{Zl}\\p{Zp}]/gu',
    },
  },
  {
    threat: 'an outage of a token endpoint',
    rule: '5xx and 429 do not end a grant',
    tests: { [oauth2('test/classify.test.ts')]: ['%d with %j'] },
    mutation: {
      file: oauth2('src/wire/refusal.ts'),
      from: 'oauthError === undefined || !blamesTheClient(status) || TRANSIENT.has(oauthError)',
      to: 'oauthError === undefined || TRANSIENT.has(oauthError)',
    },
  },
  {
    threat: 'an outage of a token endpoint',
    rule: 'an outage never makes a grant sign in again',
    tests: { [lifecycle]: ['an unavailable token endpoint never makes it sign in again'] },
    mutation: {
      file: core('src/refresh/records.ts'),
      from: "if (canRefresh && tokens?.refreshToken !== undefined && !record?.dead && !hasExpired) return 'refresh'",
      to: "if (canRefresh && tokens?.refreshToken !== undefined && !record?.dead && !hasExpired && !record?.failure) return 'refresh'",
    },
  },
  {
    threat: 'a token that leaks',
    rule: 'each send has a proof for its own method and URL: the request, each hop, the replay',
    tests: { [core('test/http/prove.test.ts')]: ['proves each hop, and none to another origin'] },
    mutation: {
      file: core('src/http/send.ts'),
      from: 'const sent = hop ?? request\n  let proved',
      to: 'const sent = request\n  let proved',
    },
  },
  {
    threat: 'a token that leaks',
    rule: 'other origins get no proof',
    tests: { [core('test/http/prove.test.ts')]: ['proves each hop, and none to another origin'] },
    mutation: {
      file: core('src/http/send.ts'),
      from: 'isCovered && credential.prove',
      to: 'credential.prove',
    },
  },
  {
    threat: 'a token that leaks',
    rule: 'a Bearer token is not accepted as a key-bound one',
    tests: { 'test/dpop/tokens.test.ts': ['that answers with the token_type %s is told from one that binds tokens'] },
    mutation: { file: oauth2('src/wire/answer.ts'), from: 'if (isBound(type)) return', to: 'return' },
  },
  {
    threat: 'a token that leaks',
    rule: 'a refresh proves the key that the refresh token is bound to',
    tests: {
      'test/dpop/tokens.test.ts': [
        'binds refresh tokens, so that each refresh proves it: also by a process that has just started',
      ],
    },
    mutation: {
      file: core('src/refresh/run.ts'),
      from: '{ ...runtime, proofKey: state.lease?.snapshot?.record?.proofKey }',
      to: 'runtime',
    },
  },
  {
    threat: 'a store that others can read',
    rule: 'a record is sealed for its own key',
    tests: {
      'packages/stores/encrypted/test/tampering.test.ts': ['two records that were swapped are both unreadable'],
    },
    mutation: {
      file: 'packages/stores/encrypted/src/seal.ts',
      from: "if (protectedHeader.key !== key) throw unreadable(key, 'was made for another store key')",
      to: '',
    },
  },
  {
    threat: 'a store that others can read',
    rule: 'the record does not choose the algorithm; the type of the key also fixes the content’s algorithm',
    tests: { 'packages/stores/encrypted/test/tampering.test.ts': ['the record is unreadable, and stays as it is'] },
    mutation: {
      file: 'packages/stores/encrypted/src/seal.ts',
      from: "keyManagementAlgorithms: ['dir'],",
      to: '',
    },
  },
  {
    threat: 'a tampered or foreign stored record',
    rule: 'a record of another key is refused',
    tests: {
      [safeguards]: ['a record that was copied to the key of another account is refused, never served or overwritten'],
    },
    mutation: {
      file: core('src/tokens/record.ts'),
      from: 'isRecord(parsed) && parsed.key === key ?',
      to: 'isRecord(parsed) ?',
    },
  },
  {
    threat: 'a tampered or foreign stored record',
    rule: 'an unreadable record is not treated as absent',
    tests: {
      [safeguards]: ['%j: no token call, and it stays as it is'],
      [lifecycle]: ['a record that this version cannot read is left as it is'],
    },
    mutation: {
      file: core('src/refresh/run.ts'),
      from: 'if (record) return { record, version, now, mono }',
      to: 'return { record, version, now, mono } as Snapshot',
    },
  },
  {
    threat: 'a tampered or foreign stored record',
    rule: 'only a record that is proven to be damaged is overwritten',
    tests: { [damagedRecords]: ['%s is named and left as it is, by everything'] },
    mutation: {
      file: core('src/tokens/unreadable.ts'),
      from: "const damaged = what === 'damaged' ? read : undefined",
      to: 'const damaged = read',
    },
  },
  {
    threat: 'a tampered or foreign stored record',
    rule: 'a sign-out leaves a tombstone, which a late refresh finds',
    tests: {
      [safeguards]: [
        'leaves a tombstone that the store keeps for a day',
        'while another process refreshes: the tombstone stays, and the new tokens are discarded',
      ],
    },
    mutation: {
      file: core('src/tokens/sign-in.ts'),
      from: 'signedOut: true,',
      to: '',
    },
  },
  {
    threat: 'a page of another site',
    rule: 'a callback without the cookie of its sign-in reads nothing from the vendor',
    tests: {
      'apps/dashboard/test/serve.test.ts': ['without its cookie reads nothing from the vendor, and signs nobody in'],
    },
    mutation: {
      file: 'apps/dashboard/src/web/app.ts',
      from: 'getCookie(context, SIGN_IN_COOKIE + state) === undefined ? undefined : state',
      to: 'state',
    },
  },
  {
    threat: 'a page of another site',
    rule: 'another site opens no event stream',
    tests: { 'apps/dashboard/test/serve.test.ts': ['are refused to other sites, which can hold none of them'] },
    mutation: {
      file: 'apps/dashboard/src/web/app.ts',
      from: "return (from ?? origin) === origin && ['same-origin', 'none'].includes(site ?? 'none')",
      to: 'return true',
    },
  },
  {
    threat: 'a page of another site',
    rule: 'another site presses no button',
    tests: { 'apps/dashboard/test/serve.test.ts': ['has buttons that no other site can press'] },
    mutation: {
      file: 'apps/dashboard/src/web/app.ts',
      from: "if (req.method !== 'GET') return from === origin && (site ?? 'same-origin') === 'same-origin'",
      to: "if (req.method !== 'GET') return true",
    },
  },
  {
    threat: 'a page of another site',
    rule: 'another site begins no sign-in at a server, nor does a picture or a prefetch',
    tests: {
      [signIn('test/routes.test.ts')]: ['waits for a click in a page of this server: %j'],
      'examples/express-per-user/test/app.test.ts': ['that a %s page leads to the sign-in begins none before a click'],
    },
    mutation: {
      file: signIn('src/same-origin.ts'),
      from: "(site === 'none' || site === 'same-origin') && destination === 'document' && !headers.has('sec-purpose')",
      to: 'site + destination !== undefined',
    },
  },
  {
    threat: 'a page of another site',
    rule: 'another site’s form signs no user in or out',
    tests: {
      [signIn('test/routes.test.ts')]: ['by a form of another site is refused: %j', 'is not done by %s with %j'],
    },
    mutation: {
      file: signIn('src/same-origin.ts'),
      from: "if (site !== null) return site === 'same-origin'",
      to: 'if (url.length > 0) return true',
    },
  },
  {
    threat: 'a page of another site',
    rule: 'if a browser does not state the site, the form must have the server’s origin',
    tests: { [signIn('test/routes.test.ts')]: ['a form of %s at %s (origin %s) is answered with %4$i'] },
    mutation: {
      file: signIn('src/same-origin.ts'),
      from: 'return new URL(origin).host === new URL(url).host',
      to: 'return new URL(origin).host !== url',
    },
  },
  {
    threat: 'a redirect to another site after sign-in',
    rule: '`returnTo` is always a path of the server',
    tests: { [signIn('test/routes.test.ts')]: ['%j is %j'] },
    mutation: {
      file: signIn('src/same-origin.ts'),
      from: "origin === BASE && !pathname.startsWith('//')",
      to: 'origin === BASE',
    },
  },
  {
    threat: 'a redirect to another site after sign-in',
    rule: 'values in a page are escaped',
    tests: { [signIn('test/routes.test.ts')]: ['stand escaped in a page'] },
    mutation: {
      file: signIn('src/pages.ts'),
      from: 'text.replace(/[&<>"\']/g, (char) => ENTITIES[char] ?? char)',
      to: 'text && text',
    },
  },
  {
    threat: 'the supply chain',
    rule: 'no job of the release that may write leaves its token in a checkout',
    tests: { 'test/workspace/workflows.test.ts': ['has no job that leaves its token in a checkout'] },
    mutation: {
      file: '.github/workflows/release.yml',
      from: 'contents: write\n      pull-requests: write\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n        with:\n          persist-credentials: false',
      to: 'contents: write\n      pull-requests: write\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
    },
  },
  {
    threat: 'the supply chain',
    rule: 'releases carry provenance',
    tests: {
      'test/workspace/manifests.test.ts': ['publishes its build with the sources, publicly and with provenance'],
    },
    mutation: { file: core('package.json'), from: '"provenance": true', to: '"provenance": false' },
  },
]
