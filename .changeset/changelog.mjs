// What `changeset version` writes into the changelogs: the changesets' own words, and which of our packages go with a release.

export default {
  async getReleaseLine({ summary }) {
    const [first, ...more] = summary.trim().split('\n')
    return [`- ${first}`, ...more.map((line) => `  ${line}`.trimEnd())].join('\n')
  },
  async getDependencyReleaseLine(_changesets, dependencies) {
    const names = dependencies.map(({ name, newVersion }) => `${name} ${newVersion}`)
    return names.length === 0 ? '' : `- Goes with ${names.join(', ')}.`
  },
}
