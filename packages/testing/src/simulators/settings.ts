/** A simulator's options with every default filled in; its clock is kept elsewhere. */
export type SettingsOf<Options> = {
  readonly [Option in Exclude<keyof Options, 'clock'>]-?: Exclude<Options[Option], undefined>
}
