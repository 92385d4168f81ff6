/** Next.js itself is a link to a folder elsewhere, which Turbopack follows inside of its root only. */
export default { turbopack: { root: '/' } }
