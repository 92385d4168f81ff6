declare module '*.css'
interface ImportMeta {
  /** Vite: what a pattern of files holds. */
  glob(pattern: string, options: { query: '?raw'; import: 'default'; eager: true }): Record<string, string>
}
