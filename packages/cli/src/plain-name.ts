/** Whether every shell takes a name as it is: shells complete such names, and would run what some others say. */
export function isPlainName(name: string): boolean {
  return /^[\w][\w.@+-]*$/.test(name)
}
