import { withCredential } from '@valetkey/fetch'
import { githubInstallation, type InstallationOptions } from './installation.ts'

/** `await github('https://api.github.com/installation/repositories')` */
export function createGitHubFetch(options: InstallationOptions): typeof fetch {
  return withCredential(fetch, githubInstallation(options))
}
