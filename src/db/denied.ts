// The innermost of the engine's doors (sql/motor/portas) is the one that was refused.
const DOOR = /\baudit_interno\.(?:(ler|preparar)|(?:escrever|disparar\w*))\(/
const OBJECT =
  /^permission denied for (?:\w+ )?(schema|function|procedure|sequence|table|view|relation|column) (.+)$/
const READ: Readonly<Record<string, string>> = {
  schema: 'usage on schema',
  function: 'execute on function',
  procedure: 'execute on procedure',
  sequence: 'usage on sequence',
}

/**
 * Which role lacks a right when PostgreSQL refused something (42501) behind a door of the engine, rather than to the login itself.
 * @returns undefined if it is the login; grant if the message names the object
 */
export function lackingRole({
  message = '',
  where = '',
}: {
  readonly message?: string
  readonly where?: string
}): { readonly role: string; readonly grant?: string } | undefined {
  const door = DOOR.exec(where)
  if (!door) return undefined
  const [role, right] = door[1]
    ? ['conferente_regra', 'select on']
    : ['conferente_escrita', 'select, update on']
  const [, kind = '', name] = OBJECT.exec(message) ?? []
  return { role, ...(name && { grant: `grant ${READ[kind] ?? right} ${name} to ${role};` }) }
}
