/** An instance of axios, of any version and of either build (ES module, CommonJS): what is needed of it. */
export interface AxiosLike {
  getUri(...config: never[]): string
  readonly interceptors: { readonly request: { use(...interceptor: never[]): number; eject(id: number): void } }
}
