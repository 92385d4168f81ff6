import { html, raw } from 'hono/html'

import type { AuthorizationProblem, AuthorizationRequest, AuthorizationServer } from './authorization-server.ts'
import type { ConsentAccount } from './sign-in-simulator.ts'

type Html = ReturnType<typeof html>

export interface Question<Account extends ConsentAccount>
  extends Pick<AuthorizationServer<Account>, 'vendor' | 'path' | 'accounts' | 'roleOf'> {
  /** As people know it. */
  readonly application: string
  readonly request: AuthorizationRequest
  /** What the form sends back to say which question was answered. */
  readonly consent: string
}

/** The page on which a person allows or denies. */
export function consentPage<Account extends ConsentAccount>(question: Question<Account>): Html {
  const { vendor, application, accounts, request } = question
  return page(
    `${application} – ${vendor}`,
    html`<p class="vendor">${vendor} <span>simulator</span></p>
      <h1>Allow ${application} to use your ${vendor} data?</h1>
      <form method="post" action="${question.path}">
        <input type="hidden" name="consent" value="${question.consent}">
        <fieldset>
          <legend>Sign in as</legend>
          ${accounts.map((account, index) => accountChoice(account.name, question.roleOf?.(account), index === 0))}
        </fieldset>
        <h2 id="scopes">${application} would get</h2>
        ${scopeList(request.scopes)}
        <div class="answers">
          <button name="answer" value="allow">Allow</button>
          <button name="answer" value="deny">Deny</button>
        </div>
      </form>
      <p class="note">Either way you go back to ${request.redirectUri}</p>`,
  )
}

function accountChoice(name: string, role: string | undefined, isFirst: boolean): Html {
  const input = html`<input type="radio" name="account" value="${name}"${isFirst ? ' checked' : ''}>`
  return html`<label>${input} <span>${name}${role === undefined ? '' : html` <small>${role}</small>`}</span></label>`
}

function scopeList(scopes: readonly string[]): Html {
  if (scopes.length === 0) return html`<p>nothing</p>`
  return html`<ul aria-labelledby="scopes">${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>`
}

/** Shown where nothing may be sent back to the application. */
export function errorPage(vendor: string, { error, error_description: description }: AuthorizationProblem): Html {
  return page(
    `Sign-in failed – ${vendor}`,
    html`<p class="vendor">${vendor} <span>simulator</span></p>
      <h1>This sign-in cannot go on</h1>
      <p>${description}</p>
      <p class="note">Go back to the application and start again. <code>${error}</code></p>`,
  )
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body><main>
      ${content}
</main></body>
</html>`
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#c6cad2, #444b57); --accent: light-dark(#1f5fbf, #8ab4f8) }
body { margin: 0; background: light-dark(#f3f4f7, #15181d); color: light-dark(#1c2027, #e8eaee); font: 1rem/1.5 system-ui, sans-serif }
main { box-sizing: border-box; width: min(27rem, 100% - 1.5rem); margin: 8vh auto; padding: 1.75rem; background: light-dark(#fff, #1e2229); border: 1px solid var(--line); border-radius: 12px }
h1 { margin: .25rem 0 1.25rem; font-size: 1.35rem; line-height: 1.3; text-wrap: balance }
h2, legend { padding: 0; font-size: .9rem; font-weight: 600 }
h2 { margin: 1.25rem 0 .25rem }
.vendor { margin: 0; font-weight: 600 }
.vendor span, small, .note { color: light-dark(#5a6270, #a4adba); font-size: .85rem; font-weight: 400 }
fieldset { margin: 0; border: 0; padding: 0 }
label { display: flex; gap: .6rem; align-items: baseline; margin-top: .4rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 8px; overflow-wrap: anywhere }
label:has(:checked) { border-color: var(--accent) }
small { display: block }
input { accent-color: var(--accent) }
ul { margin: 0; padding-left: 1.25rem }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
.answers { display: flex; gap: .75rem; margin: 1.5rem 0 0 }
button { flex: 1; padding: .6rem; font: inherit; font-weight: 600; border: 1px solid var(--accent); border-radius: 8px; background: transparent; color: var(--accent); cursor: pointer }
button:first-child { background: var(--accent); color: light-dark(#fff, #10141a) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.note { margin: 1rem 0 0; overflow-wrap: anywhere }
`
