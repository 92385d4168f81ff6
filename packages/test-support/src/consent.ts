/** Goes where a program sends a person, and consents. @returns where the server sends them back to */
export async function consent(url: URL): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location')
  if (location === null)
    throw new Error(`no way back from the consent page: ${response.status} ${await response.text()}`)
  return location
}
