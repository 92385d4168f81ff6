import * as bluesonde from '@valetkey/bluesonde'
import { isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { indexedDbStore } from '@valetkey/store-indexeddb'

declare global {
  interface Window {
    /** Where the vendor is; set before the page's script runs. */
    vendor: { readonly baseUrl: string; readonly tokenUrl: string; readonly authorizationUrl: string }
  }
}

/** What the tab keeps while its user is at the vendor. */
const PENDING = 'sign-in'

const { vendor } = window
const credential = bluesonde.authorizationCode({
  ...vendor,
  clientId: 'page',
  redirectUri: `${location.origin}/app`,
  store: indexedDbStore(),
  allowInsecureRequests: true,
})
const bluesondeFetch = withCredential(fetch, credential)

await comeBack().then(showData).catch(showError)

/** The vendor sent the user back to this page; its address is cleared, so that a reload is no second callback. */
async function comeBack(): Promise<void> {
  const pending = sessionStorage.getItem(PENDING)
  if (pending === null || !new URLSearchParams(location.search).has('state')) return
  const callbackUrl = location.href
  sessionStorage.removeItem(PENDING)
  history.replaceState(null, '', location.pathname)
  await credential.completeSignIn(callbackUrl, JSON.parse(pending))
}

async function showData(): Promise<void> {
  const { state } = await credential.status()
  if (state === 'signed_out') return show('Nobody has signed in')
  const response = await bluesondeFetch(`${vendor.baseUrl}/v1/devices`)
  show('Your data', await response.text())
}

function showError(error: unknown): void {
  show(
    isCredentialError(error) ? error.code : 'error',
    isCredentialError(error, 'sign_in_failed') ? error.reason : String(error),
  )
}

async function signIn(): Promise<void> {
  const { url, signIn: pending } = await credential.beginSignIn()
  sessionStorage.setItem(PENDING, JSON.stringify(pending))
  location.assign(url)
}

function show(heading: string, detail = ''): void {
  const title = document.createElement('h1')
  title.textContent = heading
  const text = document.createElement('pre')
  text.textContent = detail
  const button = document.createElement('button')
  button.textContent = 'Sign in'
  button.onclick = () => void signIn().catch(showError)
  document.body.replaceChildren(title, text, button)
}
