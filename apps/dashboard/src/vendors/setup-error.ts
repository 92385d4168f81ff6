/** Something that only the person who started the program can put right; the message says what. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}
